import type { PaperMemory } from '#adapters/broker/paper.ts';
import type { History } from '#adapters/store/sqlite/history.ts';
import type { RunLog } from '#adapters/store/sqlite/runs.ts';
import type { UniverseMemory } from '#adapters/universe/keeper.ts';
import type { TradingMachine } from '#core/engine/machine.ts';
import type { ControlState } from '#core/engine/state.ts';
import type { KpiBook } from '#core/kpi/index.ts';
import type { AlertBook, NoticeQueue, OpenAlert } from '#core/ports/alerts.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import type { Records } from '#core/ports/records.ts';
import type { Store, StoredState } from '#core/ports/store.ts';
import type { HousekeepingParts } from './housekeeping.ts';
import type { Log } from './log.ts';

/** Which alerts are open, and the queue of what is told of them. */
export interface AlertMemory {
  open(): OpenAlert[];
  /** Queues a word about each open alert that was not spoken of for long. */
  remind(nowMs: number): void;
  readonly queue: NoticeQueue;
  /** No other process sends from this queue. */
  readonly alone: boolean;
  /** Names who is told that notices came into the queue otherwise than with a write of the store. */
  onQueued(wake: () => void): void;
}

/** What operators are answered from, and who of them asked what. */
export interface OperatorMemory {
  readonly records: Records;
  readonly book: AlertBook;
  readonly commands: OperatorLog;
}

/** How often a run shows itself in its store and looks into it, ms; 0 at each occasion. */
export interface Pace {
  readonly statusMs: number;
  /** Of one symbol. */
  readonly standingMs: number;
  readonly marksMs: number;
  /** How often it is looked what other processes want told. */
  readonly noticesMs: number;
  /** How often open alerts are reminded of. */
  readonly remindMs: number;
  /** For how long a status counts. */
  readonly statusTtlMs: number;
  readonly standingTtlMs: number;
}

/** All that a run in one process asks of wherever it keeps its state; it answers at once. */
export interface RunStore {
  /** Where it is, for people. */
  readonly place: string;
  readonly store: Store;
  readonly memory: PaperMemory;
  readonly runs: RunLog;
  readonly universe: UniverseMemory;
  readonly history: Pick<History, 'publishStatus' | 'publishStanding' | 'keepMarks' | 'marks'>;
  readonly alerts: AlertMemory;
  readonly operator: OperatorMemory;
  readonly pace: Pace;
  /** The figures of all closed positions. */
  kpis(): KpiBook;
  /** The trading state, as fresh as may be had without waiting. */
  heardControl(): ControlState;
  /** Whether it answers, as far as was seen. */
  isUp(): boolean;
  /** What is stored, where that may be ahead of what the run knows, as an answer was lost; null where it is not. */
  ahead(): StoredState | null;
  /** What keeps it small and safe while a run goes on; null where that is somebody else's. */
  housekeeping(run: Omit<HousekeepingParts, 'database'>): Housekeeper | null;
  close(): Promise<void>;
}

/** Looks after the store of a run. */
export interface Housekeeper {
  start(): void;
  /** At the run's end. */
  stop(): Promise<void>;
  close(): void;
}

/** Lets a machine go on from what is stored, where answers were lost: what they told of may have been done. */
export function reloadAfterOutage(
  stored: Pick<RunStore, 'ahead'>,
  machine: TradingMachine,
  nowMs: number,
  log: Log,
): void {
  const state = stored.ahead();
  if (state === null) return;
  machine.reload(state, nowMs);
  const message = 'the store answers again; the run goes on from what is stored. A recording replays up to the outage';
  log('warn', 'reloaded', { message });
}
