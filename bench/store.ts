import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { Transition } from '#core/engine/state.ts';
import { decimal } from '#core/market/money.ts';
import { testMachine } from '../test/support/machine.ts';
import { below, type Figure, median, plain } from './report.ts';

const POSITIONS = 1500;

/** One decision's commit on a file in WAL mode, without fsync (as paper runs it). */
export function benchStore(): Figure[] {
  const [template] = entry();
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-bench-'));
  const database = openDatabase(join(folder, 'store.sqlite'), { mode: 'paper', source: 'simulator' }, false);
  const store = createSqliteStore(database);
  const caps = {
    maxTotalExposureUsdt: decimal(1e12),
    maxVenueExposureUsdt: null,
    maxDirectionExposureUsdt: null,
    maxOpenPositions: null,
    maxEntriesPerMinute: null,
  };
  const took: number[] = [];
  for (let i = 0; i < POSITIONS; i++) {
    const symbol = `C${i}/USDT`;
    const pair = { ...template!.pair, id: `p${i}`, symbol };
    const decision = { ...template!.decision!, id: `p${i}`, symbol };
    const transition: Transition = { ...template!, pair, decision, next: { ...template!.next, symbol, pair } };
    const startedMs = performance.now();
    store.commit({ ordinal: i + 1, expectedVersion: 0, controlVersion: 0, caps, transition });
    took.push(performance.now() - startedMs);
  }
  database.close();
  rmSync(folder, { recursive: true });
  const sorted = took.slice(100).sort((a, b) => a - b);
  return [
    below('commit of one decision, median', median(sorted), 'ms', 0.2),
    plain('commit of one decision, p99 (checkpoints included)', sorted[Math.floor(sorted.length * 0.99)]!, 'ms'),
  ];
}

/** The first transition of a real entry: decision, reservation, position and both planned orders. */
function entry(): Transition[] {
  const t = testMachine();
  const at = 1_700_000_000_000;
  t.fx(at, 1400, 1400.5);
  t.quote(at, 'binance', 'BTC/USDT', [[100, 1e4]], [[100.01, 1e4]]);
  t.quote(at + 10, 'upbit', 'BTC/USDT', [[142_000, 1e4]], [[142_050, 1e4]]);
  t.close();
  return t.transitions;
}
