import { hash } from 'node:crypto';
import { createPaperVenues } from '#adapters/broker/paper-venues.ts';
import type { JudgedLine } from '#adapters/bus/sqs/judged.ts';
import { readTicks } from '#adapters/recording/ticks.ts';
import { createSqliteCloudStore } from '#adapters/store/sqlite/cloud.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { importState } from '#adapters/store/sqlite/import.ts';
import type { Config } from '#core/config.ts';
import { Desk } from '#core/engine/desk.ts';
import { RefusalNotes } from '#core/engine/refusal-notes.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { Outside } from '#core/guards/outside.ts';
import { SILENT_OBSERVER } from './assemble.ts';
import type { BacktestHooks, BacktestResult } from './backtest.ts';
import { replayReport } from './replay-report.ts';

export interface TicksOptions {
  readonly file: string;
  readonly guardsOn: boolean;
  /** Completes the configuration from the recorded one. */
  configure(recorded: unknown): Config;
}

/**
 * Judges once more what functions judged, in the same order, each by the clock that it was judged by, over a store in
 * memory: the same decisions, orders and fills.
 *
 * @throws TwinlegError `TICKS_MISSING`, `TICKS_UNREADABLE`
 */
export async function backtestTicks(options: TicksOptions, hooks: BacktestHooks): Promise<BacktestResult> {
  const startedMs = hooks.measureMs();
  const { head, lines, rejected, text } = readTicks(options.file);
  for (const line of rejected.slice(0, 20)) hooks.warn(`${options.file}: line ${line} is rejected`);
  const config = options.configure(head.config);
  const { list, instruments } = head.deployment;
  const byName = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const settings = compileSettings(config, byName, { guardsOn: options.guardsOn, list });
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  try {
    importState(database, head.startingState);
    const store = createSqliteCloudStore(database);
    const venues = createPaperVenues({ settings: () => settings, memory: store.venueOrders, until: async () => {} });
    const refusals = new RefusalNotes();
    for (const line of lines) {
      if (!settings.rules.has(line.symbol)) continue;
      let view = await store.read(line.symbol);
      if (view.control.version !== line.control.version) {
        await store.putControl(line.control);
        view = await store.read(line.symbol);
      }
      // It saw a state half-way through what another one did, and nothing came of it.
      if (!line.committed && view.state.version !== line.version) continue;
      const { tick } = line;
      const surroundings = {
        outside: tick?.outside ?? new Outside(),
        liveness: tick?.tick.market.liveness ?? line.market?.liveness ?? { binance: -1, upbit: -1 },
      };
      const desk = new Desk(
        { settings, store, venues, observer: SILENT_OBSERVER, refusals, wind: async () => {}, now: clockOf(line) },
        view,
        surroundings,
      );
      if (tick !== null) await desk.tick(tick.tick, line.mayEnter);
      else if (view.state.pair?.id === line.clock?.positionId) await desk.goOn(line.market);
    }
    const seconds = (hooks.measureMs() - startedMs) / 1000;
    return {
      tape: {
        files: [options.file],
        frames: lines.length,
        rejectedFrames: rejected.length,
        foreignFrames: 0,
        earlierLines: 0,
        truncated: false,
        firstMs: lines[0]?.atMs ?? null,
        lastMs: lines.at(-1)?.atMs ?? null,
        sha256: hash('sha256', text, 'hex'),
      },
      ...replayReport(database, config, undefined),
      seconds,
      framesPerSecond: Math.round(lines.length / Math.max(seconds, 1e-9)),
    };
  } finally {
    database.close();
  }
}

/** The readings that were made then; where more are asked for, the last stands still. */
function clockOf({ readings, atMs }: JudgedLine): () => number {
  let next = 0;
  return () => readings[Math.min(next++, readings.length - 1)] ?? atMs;
}
