import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { roundTrip } from '../round-trip.ts';
import type { Contended, Contention } from './contention.ts';

const CHILD = new URL('../contender.child.ts', import.meta.url);

export interface EvaluatorsResult {
  readonly commits: number;
  readonly refused: number;
  readonly positions: number;
  readonly commitsPerSecond: number;
  readonly largestUsdt: number;
  readonly capUsdt: number;
}

export interface EvaluatorsOptions {
  readonly threads: number;
  readonly processes: number;
  readonly symbols: number;
  readonly rounds: number;
  readonly maxEntriesPerMinute?: number;
}

/** Many evaluators at once on one store file: the cap of exposure holds to the cent, and each position is opened once. */
export async function proveEvaluators({
  threads,
  processes,
  symbols,
  rounds,
  maxEntriesPerMinute,
}: EvaluatorsOptions): Promise<EvaluatorsResult> {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-evaluators-'));
  const file = join(folder, 'store.sqlite');
  const owner = { mode: 'paper', source: 'tape' };
  try {
    openDatabase(file, owner, false).close();
    const pattern = roundTrip();
    const notional = Number(pattern[0]!.exposure!.usdt);
    // Room for a few at a time, and not for a whole number of them.
    const capUsdt = Number((notional * 3.99).toFixed(2));
    const names = Array.from({ length: symbols }, (_, i) => `C${i}/USDT`);
    const shared = { file, pattern, symbols: names, rounds, capUsdt, maxEntriesPerMinute: maxEntriesPerMinute ?? null };
    const order = (id: number): Contention => ({ ...shared, id });
    const startedMs = performance.now();
    const results = await Promise.all([
      ...Array.from({ length: threads }, (_, i) => inThread(order(i))),
      ...Array.from({ length: processes }, (_, i) => inProcess(order(threads + i))),
    ]);
    const seconds = (performance.now() - startedMs) / 1000;
    const opened = results.flatMap((result) => result.opened);
    assert.equal(new Set(opened).size, opened.length, 'each position was opened once');
    const largestUsdt = Math.max(...results.map((result) => result.largestUsdt));
    assert.ok(largestUsdt <= capUsdt, `${largestUsdt} USDT of ${capUsdt}`);
    const database = openDatabase(file, owner, false);
    for (const { name, ok, detail } of auditStore(database)) assert.ok(ok, `${name}: ${detail}`);
    const trades = createHistory(database).trades();
    assert.deepEqual(trades.map(({ id }) => id).toSorted(), opened.toSorted());
    database.close();
    const commits = results.reduce((total, { committed }) => total + committed, 0);
    const refused = results.reduce((total, result) => total + result.refused, 0);
    const commitsPerSecond = Math.round(commits / seconds);
    return { commits, refused, positions: opened.length, commitsPerSecond, largestUsdt, capUsdt };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function inThread(workerData: Contention): Promise<Contended> {
  const worker = new Worker(CHILD, { workerData });
  const [result] = await once(worker, 'message');
  return result;
}

async function inProcess(order: Contention): Promise<Contended> {
  const args = ['--disable-warning=ExperimentalWarning', CHILD.pathname, JSON.stringify(order)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout));
}
