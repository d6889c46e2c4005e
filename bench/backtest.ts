import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { backtest } from '#adapters/wiring/backtest.ts';
import { parseConfig } from '#core/config.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { plainList } from '#core/universe/list.ts';
import { syntheticTape } from '../test/reference/synthetic.ts';
import { atLeast, below, type Figure, median, plain } from './report.ts';

const SHARED = new URL('../../shared/data/tapes/btc-eth-11min.gz', import.meta.url).pathname;
const ROUNDS = 9;
/** First rounds that only warm both up. */
const WARM_UP = 3;

/** Replaying a tape, unpacking included, beside unpacking the same file and `JSON.parse` of each line. */
export async function benchBacktest(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-bench-'));
  try {
    const file = existsSync(SHARED) ? SHARED : madeUp(folder);
    const lines = gunzipSync(readFileSync(file)).toString('latin1').trimEnd().split('\n').length;
    // First, as what parsing the whole file leaves behind would hide it.
    const growth = await memory(folder, file);
    // Each by itself: what one leaves behind must not be cleared away in the other's time.
    const ours = await rounds(lines, () => replay([file]));
    const streamed = await rounds(lines, () => parseStreamed(file));
    const whole = await rounds(lines, async () => parseWhole(file));
    return [
      atLeast('backtest on one core, unpacking included', ours.perCore, 'frames/s', streamed.perCore),
      plain('JSON.parse of each line, streamed, on one core', streamed.perCore, 'frames/s'),
      plain('the same, the whole file in memory at once', whole.perCore, 'frames/s'),
      plain(`backtest, by the clock on ${availableParallelism()} cores`, ours.byClock, 'frames/s'),
      plain('JSON.parse of each line, streamed, by the clock', streamed.byClock, 'frames/s'),
      growth,
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Medians: lines per second of processor time, of all threads together, which is what one core gives; and by the clock. */
async function rounds(lines: number, work: () => Promise<unknown>) {
  const perCore: number[] = [];
  const byClock: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const before = process.cpuUsage();
    const startedMs = performance.now();
    await work();
    const { user, system } = process.cpuUsage(before);
    byClock.push(lines / ((performance.now() - startedMs) / 1000));
    perCore.push(lines / ((user + system) / 1e6));
  }
  return { perCore: median(perCore.slice(WARM_UP)), byClock: median(byClock.slice(WARM_UP)) };
}

/** Growth of the resident memory from one replay of a tape to a replay ten times as long. */
async function memory(folder: string, file: string): Promise<Figure> {
  const text = gunzipSync(readFileSync(file));
  const long = join(folder, 'long.gz');
  writeFileSync(long, gzipSync(Buffer.concat(Array.from({ length: 10 }, () => text)), { level: 1 }));
  await replay([file]);
  await collected();
  const before = process.memoryUsage().rss;
  await replay([long]);
  await collected();
  return below('memory growth over a tape ten times as long', (process.memoryUsage().rss - before) / 2 ** 20, 'MB', 30);
}

/** What is no longer used has been given back; buffers are freed beside the collection. */
async function collected(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function parseStreamed(file: string): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
    JSON.parse(line.slice(line.indexOf('{')));
  }
}

function parseWhole(file: string): void {
  const bytes = gunzipSync(readFileSync(file));
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at);
    const stop = end < 0 ? bytes.length : end;
    const frame = bytes.indexOf(123, at);
    JSON.parse(bytes.toString('latin1', frame, stop));
    at = stop + 1;
  }
}

function replay(files: readonly string[]) {
  const parsed = parseConfig({ paper: { latencyMs: 0 } });
  if (!parsed.ok) throw new Error('configuration');
  const { config } = parsed;
  const instruments = new Map(config.universe.symbols.map((symbol) => [symbol, builtInInstrument(symbol)!]));
  const list = plainList(config.universe.symbols);
  const run = { config, configure: () => config, list, instruments, guardsOn: true, recorded: null };
  const runs = files.map((file) => ({ file, ...run }));
  return backtest(runs, { warn() {}, measureMs: () => performance.now() });
}

function madeUp(folder: string): string {
  const file = join(folder, 'tape.gz');
  writeFileSync(file, gzipSync(syntheticTape(1, { coins: ['BTC', 'ETH'], frames: 140_000 }).join('\n')));
  return file;
}
