import { openExisting } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { Transition } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import { decimal } from '#core/market/money.ts';

/** What one evaluator is to do. */
export interface Contention {
  readonly file: string;
  /** Real transitions of one position from decision to close, as its pattern. */
  readonly pattern: readonly Transition[];
  readonly symbols: readonly string[];
  readonly rounds: number;
  readonly capUsdt: number;
  /** Entries a minute; every entry of the pattern is of one moment. */
  readonly maxEntriesPerMinute: number | null;
  /** Tells evaluators apart. */
  readonly id: number;
}

export interface Contended {
  readonly committed: number;
  readonly refused: number;
  /** Position ids that this one opened. */
  readonly opened: readonly string[];
  /** Largest total that any commit of this one answered with, USDT. */
  readonly largestUsdt: number;
}

/**
 * Opens and closes positions on a shared store as fast as it can, from what it last saw of each symbol, which is often stale. Every
 * evaluator that sees one tick derives the same position from it, as in the product.
 */
export function contend({ file, pattern, symbols, rounds, capUsdt, maxEntriesPerMinute, id }: Contention): Contended {
  const database = openExisting(file);
  const store = createSqliteStore(database);
  const caps = {
    maxTotalExposureUsdt: decimal(capUsdt),
    maxVenueExposureUsdt: null,
    maxDirectionExposureUsdt: null,
    maxOpenPositions: null,
    maxEntriesPerMinute,
  };
  let committed = 0;
  let refused = 0;
  let largestUsdt = 0;
  const opened: string[] = [];
  const commit = (transition: Transition, expectedVersion: number) => {
    for (;;) {
      try {
        const result = store.commit({ ordinal: committed + 1, expectedVersion, controlVersion: 0, caps, transition });
        if (result.ok) largestUsdt = Math.max(largestUsdt, Number(result.exposure.totalUsdt));
        return result.ok;
      } catch (error) {
        // Many wait for one writer: a busy store is asked again, as the next tick would.
        if (!(error instanceof TwinlegError) || error.code !== 'STORE_BUSY') throw error;
      }
    }
  };
  for (let round = 0; round < rounds; round++) {
    const symbol = symbols[(id + round) % symbols.length]!;
    const seen = store.load().symbols.find((state) => state.symbol === symbol);
    const version = seen?.version ?? 0;
    const number = Math.floor(version / pattern.length) + 1;
    const open = ofSymbol(pattern[0]!, symbol, number, version + 1);
    if (seen?.pair || !commit(open, version)) {
      refused++;
      continue;
    }
    committed++;
    opened.push(open.pair.id);
    for (const [i, transition] of pattern.entries()) {
      if (i === 0) continue;
      if (!commit(ofSymbol(transition, symbol, number, version + 1 + i), version + i))
        throw new Error('lost its position');
      committed++;
    }
  }
  database.close();
  return { committed, refused, opened, largestUsdt };
}

/** The pattern's transition as another symbol's: ids derive from symbol and tick. */
export function ofSymbol(transition: Transition, symbol: string, number: number, version: number): Transition {
  const from = transition.pair.id;
  const to = `p${symbol.replace('/', '')}n${number}`;
  const moved: Transition = JSON.parse(
    JSON.stringify(transition)
      .replaceAll(from, to)
      .replaceAll('BTC/USDT', symbol)
      .replaceAll('"BTC"', `"${symbol.split('/')[0]}"`),
  );
  return { ...moved, next: { ...moved.next, version, seq: version } };
}
