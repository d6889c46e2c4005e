import assert from 'node:assert/strict';
import { TwinlegError } from '#core/errors.ts';
import { decimal } from '#core/market/money.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { CommitRequest } from '#core/ports/store.ts';
import { roundTrip } from '../round-trip.ts';
import { ofSymbol } from './contention.ts';

export interface CloudEvaluators {
  readonly evaluators: number;
  readonly symbols: number;
  readonly rounds: number;
}

/**
 * Many evaluators at once, each a writer of its own on one table: all see the same ticks, only one may decide on each. The
 * exposure is read all the while, and must never be above its cap; at the end nothing is reserved and each position was
 * opened once.
 */
export async function proveCloudEvaluators(
  open: () => CloudStore,
  { evaluators, symbols, rounds }: CloudEvaluators,
): Promise<{ opened: number; refused: Record<string, number>; largestUsdt: number; capUsdt: number; reads: number }> {
  const pattern = roundTrip();
  const notional = Number(pattern[0]!.exposure!.usdt);
  // Room for a few at a time, and not for a whole number of them.
  const capUsdt = Number((notional * 3.99).toFixed(2));
  const caps: CommitRequest['caps'] = {
    maxTotalExposureUsdt: decimal(capUsdt),
    maxVenueExposureUsdt: null,
    maxDirectionExposureUsdt: null,
    maxOpenPositions: null,
    maxEntriesPerMinute: null,
  };
  const names = Array.from({ length: symbols }, (_, i) => `C${i}/USDT`);
  const refused: Record<string, number> = {};
  const opened: string[] = [];
  const watcher = open();
  const seen = { largestUsdt: 0, reads: 0, running: true };

  async function watch(): Promise<void> {
    while (seen.running) {
      const { exposure } = await watcher.readInterest([]);
      seen.largestUsdt = Math.max(seen.largestUsdt, Number(exposure.totalUsdt));
      seen.reads++;
    }
  }

  async function evaluate(id: number): Promise<void> {
    const store = open();
    const count = (why: string) => {
      refused[why] = (refused[why] ?? 0) + 1;
    };
    const commit = async (request: CommitRequest) => {
      try {
        return await store.commit(request);
      } catch (error) {
        if (!(error instanceof TwinlegError) || !error.retryable) throw error;
        return error;
      }
    };
    for (let round = 0; round < rounds; round++) {
      const symbol = names[(id + round) % names.length]!;
      const { state } = await store.read(symbol);
      if (state.pair !== null) {
        count('open already');
        continue;
      }
      const number = Math.floor(state.version / pattern.length) + 1;
      const at = (i: number): CommitRequest => ({
        ordinal: i + 1,
        expectedVersion: state.version + i,
        controlVersion: 0,
        caps,
        transition: ofSymbol(pattern[i]!, symbol, number, state.version + 1 + i),
      });
      const entry = await commit(at(0));
      if (entry instanceof TwinlegError || !entry.ok) {
        count(entry instanceof TwinlegError ? entry.code : entry.ok ? '' : entry.conflict);
        continue;
      }
      opened.push(at(0).transition.pair.id);
      for (let i = 1; i < pattern.length; i++) {
        // A write that finds no way through is tried again, as the next tick or message would.
        for (let answer = await commit(at(i)); seen.running; answer = await commit(at(i))) {
          if (answer instanceof TwinlegError) continue;
          assert.ok(answer.ok, 'nobody else moves a position that is driven');
          break;
        }
      }
    }
  }

  const watching = watch();
  await Promise.all(Array.from({ length: evaluators }, (_, id) => evaluate(id))).finally(() => {
    seen.running = false;
  });
  await watching;
  assert.equal(new Set(opened).size, opened.length, 'each position was opened once');
  const end = await watcher.load();
  assert.deepEqual([end.exposure.totalUsdt, end.exposure.positions], ['0', 0]);
  assert.ok(end.symbols.every(({ pair }) => pair === null));
  assert.ok(seen.largestUsdt <= capUsdt, `${seen.largestUsdt} USDT of ${capUsdt}`);
  return { opened: opened.length, refused, largestUsdt: seen.largestUsdt, capUsdt, reads: seen.reads };
}
