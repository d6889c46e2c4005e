import { initialSymbolState } from '#core/engine/state.ts';
import { coinOf } from '#core/market/symbol.ts';
import type { CloudStore, LeaseRecord, LeaseStore } from '#core/ports/cloud-store.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { Database } from './database.ts';
import { createPaperMemory } from './runs.ts';
import { createSqliteStore } from './store.ts';

/**
 * One SQLite file behind the face of the store in the cloud: for replays of what functions judged, and for proofs that
 * need thousands of histories. Lease and epochs live as long as this object.
 */
export function createSqliteCloudStore(database: Database): CloudStore {
  const store = createSqliteStore(database);
  const memory = createPaperMemory(database);
  const epochs = { gateway: 0, configuration: 0 };
  let published: string | null = null;

  const stateOf = (stored: StoredState, symbol: string) =>
    stored.symbols.find((state) => state.symbol === symbol) ?? initialSymbolState(symbol);

  return {
    load: async () => store.load(),
    async read(symbol) {
      const stored = store.load();
      const { control, exposure, tally } = stored;
      const assets = new Set([`binance:${coinOf(symbol)}`, `upbit:${coinOf(symbol)}`, 'binance:USDT', 'upbit:KRW']);
      const balances = Object.fromEntries(Object.entries(stored.balances).filter(([key]) => assets.has(key)));
      return { state: stateOf(stored, symbol), control, exposure, tally, balances, epochs: { ...epochs } };
    },
    async commit(request) {
      const { next, decidedOnTick } = request.transition;
      if (decidedOnTick && next.epoch < epochs.gateway)
        return { ok: false, conflict: 'state', state: stateOf(store.load(), next.symbol) };
      return store.commit(request);
    },
    seedBalances: async (balances) => store.seedBalances(balances),
    record: async (decisions, alerts) => store.record(decisions, alerts),
    control: async () => store.control(),
    changeControl: async (change) => store.changeControl(change),
    hold: async (request) => store.hold(request),
    putControl: async (control) => store.putControl(control),
    async readInterest(symbols) {
      const stored = store.load();
      const { control, exposure, tally } = stored;
      const states = new Map(symbols.map((symbol) => [symbol, stateOf(stored, symbol)]));
      return { states, control, exposure, tally, epochs: { ...epochs } };
    },
    async publishConfiguration(configVersion) {
      if (published !== configVersion) epochs.configuration++;
      published = configVersion;
      return epochs.configuration;
    },
    lease: createLease((epoch) => {
      epochs.gateway = epoch;
    }),
    venueOrders: {
      get: async (orderId) => memory.get(orderId),
      keep: async (orderId, execution) => {
        memory.put(orderId, execution);
        return memory.get(orderId)!.execution;
      },
    },
  };
}

function createLease(taken: (epoch: number) => void): LeaseStore {
  let record: LeaseRecord | null = null;
  const write = (seen: LeaseRecord | null, next: LeaseRecord): LeaseRecord | null => {
    if (seen?.epoch !== record?.epoch || seen?.beat !== record?.beat || seen?.holder !== record?.holder) return null;
    record = next;
    return next;
  };
  return {
    read: async () => record,
    async take(holder, seen) {
      const next = write(seen, { epoch: (seen?.epoch ?? 0) + 1, holder, beat: 0, released: false });
      if (next !== null) taken(next.epoch);
      return next;
    },
    renew: async (held) => write(held, { ...held, beat: held.beat + 1 }),
    release: async (held) => write(held, { ...held, beat: held.beat + 1, released: true }),
  };
}
