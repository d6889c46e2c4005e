import { TwinlegError } from '#core/errors.ts';
import { decimal } from '#core/market/money.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { CommitRequest } from '#core/ports/store.ts';
import { ofSymbol } from './proofs/contention.ts';
import { roundTrip } from './round-trip.ts';

const CAPS: CommitRequest['caps'] = {
  maxTotalExposureUsdt: decimal(1e9),
  maxVenueExposureUsdt: null,
  maxDirectionExposureUsdt: null,
  maxOpenPositions: null,
  maxEntriesPerMinute: null,
};

/** Commits, again where others were in the way. */
async function committed(store: CloudStore, request: CommitRequest): Promise<boolean> {
  for (;;) {
    try {
      return (await store.commit(request)).ok;
    } catch (error) {
      if (!(error instanceof TwinlegError) || !error.retryable) throw error;
    }
  }
}

/** Opens and closes positions on a symbol each, one after the other, until it is stopped. */
export function tradeRoundTrips(store: CloudStore, symbols: number) {
  const pattern = roundTrip();
  let running = true;
  let traded = () => {};
  const hasTraded = new Promise<void>((resolve) => {
    traded = resolve;
  });
  async function trade(symbol: string): Promise<void> {
    const assets = [symbol.split('/')[0]!, 'USDT', 'KRW'];
    const seeds = assets.flatMap((asset) =>
      (['binance', 'upbit'] as const).map((venue) => ({ venue, asset, quantity: '1000', valueUsdt: '1000' })),
    );
    await store.seedBalances(seeds);
    for (let number = 1; running; number++) {
      for (let i = 0; i < pattern.length && (running || i > 0); i++) {
        const expectedVersion = (number - 1) * pattern.length + i;
        const transition = ofSymbol(pattern[i]!, symbol, number, expectedVersion + 1);
        await committed(store, { ordinal: 1, expectedVersion, controlVersion: 0, caps: CAPS, transition });
      }
      traded();
    }
  }
  const all = Promise.all(Array.from({ length: symbols }, (_, i) => trade(`C${i}/USDT`)));
  return {
    hasTraded,
    async stop() {
      running = false;
      await all;
    },
  };
}

/** Tries to enter on symbols that nobody knows: from the first control that there is, and from the newest. */
export function entriesOn(store: CloudStore, symbols: number) {
  const [entry] = roundTrip();
  let running = true;
  const done: string[] = [];
  async function enter(symbol: string): Promise<void> {
    for (let number = 1; running; number++) {
      const transition = ofSymbol(entry!, symbol, number, 1);
      const controlVersion = number % 2 === 0 ? 0 : (await store.control()).version;
      if (await committed(store, { ordinal: 1, expectedVersion: 0, controlVersion, caps: CAPS, transition })) {
        done.push(symbol);
        return;
      }
    }
  }
  const all = Promise.all(Array.from({ length: symbols }, (_, i) => enter(`N${i}/USDT`)));
  return {
    committed: done,
    async stop() {
      running = false;
      await all;
    },
  };
}
