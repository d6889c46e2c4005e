import type { PaperMemory } from '#adapters/broker/paper.ts';
import type { RunLog } from '#adapters/store/sqlite/runs.ts';
import type { UniverseMemory } from '#adapters/universe/keeper.ts';
import { closedTrade } from '#core/kpi/closed-trade.ts';
import { KpiBook } from '#core/kpi/index.ts';
import type { Store } from '#core/ports/store.ts';
import type { TableBridge } from './bridge.ts';
import { sentCommit } from './methods.ts';

/** The engine's store over the bridge: the very same answers, at once. */
export function createBridgedStore({ call }: TableBridge): Store {
  return {
    load: () => call('load'),
    commit: (request) => call('commit', sentCommit(request)),
    seedBalances: (balances) => call('seedBalances', balances),
    record: (decisions, alerts) => call('record', decisions, alerts),
    control: () => call('control'),
    changeControl: (change) => call('changeControl', change),
    hold: (request) => call('hold', request),
    putControl: (control) => call('putControl', control),
  };
}

export function createBridgedMemory({ call }: TableBridge): PaperMemory {
  return {
    get: (orderId) => call('getVenueOrder', orderId) ?? undefined,
    put: (orderId, execution) => call('putVenueOrder', orderId, execution),
  };
}

/** Runs are numbered by the lease: who leads has the newest epoch. */
export function createBridgedRuns({ call, send, epoch }: TableBridge): RunLog {
  return {
    begin(startedAtMs, configVersion) {
      call('beginRun', epoch, startedAtMs, configVersion);
      call('publishConfiguration', configVersion);
      return epoch;
    },
    touch: (run, lastEventMs) => send('touchRun', run, lastEventMs, null),
    end: (run, stoppedAtMs) => call('touchRun', run, stoppedAtMs, stoppedAtMs),
    lastEventMs: () => call('lastEventMs'),
    crashedMs: () => call('crashedMs'),
  };
}

export function createBridgedUniverse({ call }: TableBridge): UniverseMemory {
  return { load: () => call('loadUniverse'), save: (universe) => call('saveUniverse', universe) };
}

/** The figures of all closed positions. */
export function bridgedKpis({ call }: TableBridge): KpiBook {
  const book = new KpiBook();
  for (const pair of call('trades')) book.add(pair.symbol, closedTrade(pair));
  return book;
}
