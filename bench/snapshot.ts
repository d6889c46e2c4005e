import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveSnapshot } from '#adapters/store/snapshot/save.ts';
import { saveInThread } from '#adapters/store/snapshot/schedule.ts';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { TABLES } from '#adapters/store/sqlite/schema.ts';
import { COINS, tradedStore } from '../test/support/traded-store.ts';
import { below, type Figure, median, plain } from './report.ts';

const SYMBOLS = 250;
const ROUNDS = 15;
/** Of each kind for each symbol: several round trips with all that belongs to them. */
const ROWS = 8;

/** Snapshots of 250 symbols that have traded, and how long the loop of the trading thread is held up meanwhile. */
export async function benchSnapshot(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-bench-'));
  const file = join(folder, 'store.sqlite');
  tradedStore(file, 1500);
  multiply(file);
  let bytes = 0;
  const took: number[] = [];
  const stalls: number[] = [];
  const alone: number[] = [];
  const idle: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const startedMs = performance.now();
    const cpuBefore = cpuMs();
    bytes = saveSnapshot(file, join(folder, 'alone'), 1).bytes;
    alone.push(performance.now() - startedMs);
    cpu.push(cpuMs() - cpuBefore);
    const watch = watchLoop();
    const beganMs = performance.now();
    const answer = await saveInThread({ storeFile: file, target: join(folder, 'threaded'), atMs: 1 });
    took.push(performance.now() - beganMs);
    if (!answer.ok) throw new Error(answer.message);
    stalls.push(watch());
    const quiet = watchLoop();
    await new Promise((resolve) => setTimeout(resolve, performance.now() - beganMs));
    idle.push(quiet());
  }
  rmSync(folder, { recursive: true });
  return [
    below('snapshot of 250 symbols, median', median(alone), 'ms', 100),
    plain('its processor time, median', median(cpu), 'ms'),
    plain('the same in its thread, its start and end included', median(took), 'ms'),
    below('longest turn of the loop beside it, median of rounds', median(stalls), 'ms', 5),
    plain('longest turn of the loop beside it, worst', Math.max(...stalls), 'ms'),
    plain('the same as long without a snapshot, median', median(idle), 'ms'),
    plain('size', bytes / 1e6, 'MB'),
  ];
}

/** Copies what the few traded symbols left until 250 symbols have it. */
function multiply(file: string): void {
  const { db, transaction, close } = openExisting(file);
  const [first = ''] = COINS;
  transaction(() => {
    for (const table of TABLES) {
      if (table === 'meta' || table === 'run' || table === 'item' || table === 'exposure') continue;
      const like =
        table === 'balance' ? `%/${first}` : table === 'venue_order' || table === 'alert' ? '%0' : `%/${first}-USDT%`;
      for (const row of db.prepare(`SELECT * FROM ${table} WHERE key LIKE ? LIMIT ${ROWS}`).all(like)) {
        const names = Object.keys(row);
        const insert = db.prepare(
          `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        );
        for (let n = 0; n < SYMBOLS; n++) {
          insert.run(
            ...names.map((name) => {
              const value = row[name]!;
              if (name === 'key' || name === 'id' || name === 'position_id' || name === 'position_key')
                return value === null ? null : `${value}#${n}`;
              return name === 'symbol' ? `C${n}/USDT` : value;
            }),
          );
        }
      }
    }
  });
  close();
}

/** Processor time of this process so far, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Measures the longest time between two turns of the loop until it is called. */
function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  let isOver = false;
  const turn = () => {
    const nowMs = performance.now();
    longest = Math.max(longest, nowMs - last);
    last = nowMs;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isOver = true;
    return longest;
  };
}
