import type { PaperMemory } from '#adapters/broker/paper.ts';
import type { History } from '#adapters/store/sqlite/history.ts';
import type { RunLog } from '#adapters/store/sqlite/runs.ts';
import type { UniverseMemory } from '#adapters/universe/keeper.ts';
import type { ControlState } from '#core/engine/state.ts';
import { KpiBook } from '#core/kpi/index.ts';
import type { Store } from '#core/ports/store.ts';
import type { TableBridge } from './bridge.ts';
import { sentCommit } from './methods.ts';

/** The engine's store over the bridge: the very same answers, at once. */
export function createBridgedStore({ call, hearControl }: TableBridge): Store {
  /** What an answer tells is newer than what was asked for before it. */
  function heard(control: ControlState): ControlState {
    hearControl(control);
    return control;
  }
  return {
    load: () => call('load'),
    commit(request) {
      const result = call('commit', sentCommit(request));
      if ('control' in result && result.control !== null) heard(result.control);
      return result;
    },
    seedBalances: (balances) => call('seedBalances', balances),
    record: (decisions, alerts) => call('record', decisions, alerts),
    control: () => heard(call('control')),
    changeControl: (change) => heard(call('changeControl', change)),
    hold(request) {
      const result = call('hold', request);
      heard(result.control);
      return result;
    },
    putControl: (control) => call('putControl', control),
  };
}

/** What a run shows of itself; nobody waits for it to be written. */
export function createBridgedHistory({
  call,
  send,
}: TableBridge): Pick<History, 'publishStatus' | 'publishStanding' | 'keepMarks' | 'marks'> {
  return {
    publishStatus: (status, nowMs, ttlMs) => send('publishStatus', status, nowMs, ttlMs),
    publishStanding: (standing, nowMs, ttlMs) => send('publishStanding', standing, nowMs, ttlMs),
    keepMarks: (marks) => send('keepMarks', marks),
    marks: () => call('marks'),
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
  const { total, symbols } = call('kpis');
  const book = new KpiBook();
  book.restore(total, Object.entries(symbols));
  return book;
}
