import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type SimulatedVenues, startSimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { makeCoins } from '../simulator/coins.ts';
import { below, type Figure, median, plain } from './report.ts';

const BIN = fileURLToPath(new URL('../bin/twinleg.js', import.meta.url));
const WARM_UP_MS = 8000;
const SECONDS = 30;
const SOAK_SECONDS = 600;
/** As often as Prometheus asks; more would measure the asking. */
const SAMPLE_SECONDS = 15;
const SAMPLES_A_MINUTE = 60 / SAMPLE_SECONDS;

/** One load on the product, with what it must stay below; `null` where only the figure is of interest. */
interface Load {
  readonly symbols: number;
  readonly framesPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly cpuPercent: number;
  readonly memoryMb: number;
}

const LOADS: readonly Load[] = [
  { symbols: 20, framesPerSecond: 2000, p50Ms: 0.1, p99Ms: 1, cpuPercent: 10, memoryMb: 200 },
  { symbols: 250, framesPerSecond: 2000, p50Ms: null, p99Ms: null, cpuPercent: 25, memoryMb: 200 },
];
const FULL_MARKET: Load = {
  symbols: 250,
  framesPerSecond: 5000,
  p50Ms: 0.1,
  p99Ms: 1,
  cpuPercent: 40,
  memoryMb: 250,
};

/** The product as users run it, in a process of its own, against the simulator in another one, over real sockets. */
export async function benchLive(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const load of [...LOADS, FULL_MARKET]) figures.push(...figuresOf(load, await measure(load, SECONDS)));
  return figures;
}

/** Ten minutes of the full market: the same figures, and how memory moves from the second minute on. */
export async function benchSoak(): Promise<Figure[]> {
  const measured = await measure(FULL_MARKET, SOAK_SECONDS);
  const settled = measured.memoryMb.slice(SAMPLES_A_MINUTE);
  return [
    ...figuresOf(FULL_MARKET, measured),
    plain('memory, mean of the second minute', mean(settled.slice(0, SAMPLES_A_MINUTE)), 'MB'),
    plain('memory, mean of the last minute', mean(settled.slice(-SAMPLES_A_MINUTE)), 'MB'),
    plain('memory, slope by least squares', slope(settled) * SAMPLES_A_MINUTE, 'MB/min'),
    plain('full collections', measured.collectedMb.length, ''),
    plain('in use after the first of them', measured.collectedMb[0] ?? Number.NaN, 'MB'),
    plain('in use after the last of them', measured.collectedMb.at(-1) ?? Number.NaN, 'MB'),
  ];
}

interface Measured {
  readonly seconds: number;
  readonly before: Scrape;
  readonly after: Scrape;
  readonly cpuPercent: readonly number[];
  readonly memoryMb: readonly number[];
  /** What was in use after each full collection, in order. */
  readonly collectedMb: readonly number[];
}

async function measure({ symbols, framesPerSecond }: Load, seconds: number): Promise<Measured> {
  const coins = makeCoins(symbols)
    .slice(0, symbols)
    .map(({ name }) => name);
  const simulator = await startSimulatorProcess({ coins, rate: framesPerSecond });
  const data = mkdtempSync(join(tmpdir(), 'twinleg-bench-'));
  const run = spawn(process.execPath, ['--trace-gc', BIN, ...runArguments(simulator.venues, coins, data)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const url = await startedAt(run.stderr);
    await sleep(WARM_UP_MS);
    const collectedMb: number[] = [];
    createInterface(run.stdout).on('line', (line) => {
      const inUse = /Mark-Compact[^>]*-> ([\d.]+)/.exec(line)?.[1];
      if (inUse !== undefined) collectedMb.push(Number(inUse));
    });
    const before = await scrape(url);
    const cpuPercent: number[] = [];
    const memoryMb: number[] = [];
    for (let second = 0; second < seconds; second += SAMPLE_SECONDS) {
      await sleep(SAMPLE_SECONDS * 1000);
      const now = await scrape(url);
      cpuPercent.push(now.value('twinleg_cpu_usage_percent'));
      memoryMb.push(now.value('twinleg_memory_usage_bytes') / 1e6);
    }
    return { seconds, before, after: await scrape(url), cpuPercent, memoryMb, collectedMb };
  } finally {
    run.kill('SIGTERM');
    await once(run, 'exit');
    await simulator.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

function figuresOf(load: Load, { seconds, before, after, cpuPercent, memoryMb }: Measured): Figure[] {
  const count = after.value(`${LATENCY}_count`) - before.value(`${LATENCY}_count`);
  const meanMs = (1000 * (after.value(`${LATENCY}_sum`) - before.value(`${LATENCY}_sum`))) / count;
  const quantileMs = (share: number) => 1000 * quantileOf(before, after, count * share);
  const against = (text: string, measured: number, unit: string, limit: number | null) => {
    const name = `${load.symbols} symbols, ${load.framesPerSecond} frames/s: ${text}`;
    return limit === null ? plain(name, measured, unit) : below(name, measured, unit, limit);
  };
  return [
    against('frames', count / seconds, '/s', null),
    against('received → decision, p50', quantileMs(0.5), 'ms', load.p50Ms),
    against('received → decision, p99', quantileMs(0.99), 'ms', load.p99Ms),
    against('received → decision, mean', meanMs, 'ms', 0.2),
    against('CPU', mean(cpuPercent), '% of core', load.cpuPercent),
    against('memory', memoryMb.at(-1) ?? Number.NaN, 'MB', load.memoryMb),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Least squares, a sample. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  let above = 0;
  let under = 0;
  for (const [i, value] of values.entries()) {
    above += (i - middle) * (value - average);
    under += (i - middle) ** 2;
  }
  return above / under;
}

const LATENCY = 'twinleg_loop_latency_seconds';

function runArguments({ binance, upbit }: SimulatedVenues, coins: readonly string[], data: string): string[] {
  const sets = [
    'venues.source=real',
    `venues.binance.wsUrl=${binance.wsUrl}`,
    `venues.binance.restUrl=${binance.restUrl}`,
    `venues.upbit.wsUrl=${upbit.wsUrl}`,
    `venues.upbit.restUrl=${upbit.restUrl}`,
    `universe.symbols=${JSON.stringify(coins.map((coin) => `${coin}/USDT`))}`,
  ];
  return ['run', '--data', data, '--port', '0', ...sets.flatMap((set) => ['--set', set])];
}

async function startedAt(stderr: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    stderr.on('data', (chunk: Buffer) => {
      text += chunk;
      const url = /"event":"started".*?"url":"([^"]+)"/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
      text = text.slice(-4000);
    });
    stderr.on('end', () => reject(new Error(`the run did not start: ${text}`)));
  });
}

interface Scrape {
  readonly page: string;
  value(series: string): number;
}

async function scrape(url: string): Promise<Scrape> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const value = (series: string) => {
    const line = page.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1));
  };
  return { page, value };
}

/** As Prometheus' histogram_quantile does: within its bucket, in proportion. Seconds. */
function quantileOf(before: Scrape, after: Scrape, rank: number): number {
  const bounds = [...after.page.matchAll(/^twinleg_loop_latency_seconds_bucket\{le="([\d.e-]+)"\}/gm)].map(
    ([, le]) => le!,
  );
  let lower = 0;
  let below = 0;
  for (const le of bounds) {
    const series = `${LATENCY}_bucket{le="${le}"}`;
    const upTo = after.value(series) - before.value(series);
    if (upTo >= rank) return lower + ((Number(le) - lower) * (rank - below)) / Math.max(1, upTo - below);
    lower = Number(le);
    below = upTo;
  }
  return Number.POSITIVE_INFINITY;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const REPEATS = 12;

/** How soon quotes are back after a drop, and how soon a silent socket is noticed; the worse venue counts. */
export async function benchFeeds(): Promise<Figure[]> {
  const { watchFeed } = await import('../test/support/watched-feed.ts');
  const simulator = await startSimulatorProcess({ coins: ['BTC', 'ETH', 'XRP'], rate: 300 });
  const { controlUrl } = simulator.venues;
  const fault = (body: object) => fetch(`${controlUrl}/fault`, { method: 'POST', body: JSON.stringify(body) });
  const figures: Figure[] = [];
  try {
    for (const venue of ['binance', 'upbit'] as const) {
      const backMs: number[] = [];
      const noticedMs: number[] = [];
      for (let i = 0; i < REPEATS; i++) {
        const watched = watchFeed(venue, simulator.venues[venue].wsUrl, ['BTC/USDT', 'ETH/USDT', 'XRP/USDT']);
        await watched.quotedAgain();
        await sleep(3000);
        let startedMs = performance.now();
        await fault({ kind: 'drop', venue });
        await watched.sawEvent('disconnected');
        await watched.quotedAgain();
        backMs.push(performance.now() - startedMs);
        await sleep(3000);
        startedMs = performance.now();
        await fault({ kind: 'hang', venue, durationMs: 2000 });
        await watched.sawEvent('stale');
        noticedMs.push(performance.now() - startedMs);
        await watched.feed.stop();
        await sleep(1000);
      }
      figures.push(
        below(`${venue}: drop → quotes again, median`, median(backMs) / 1000, 's', 0.5),
        below(`${venue}: drop → quotes again, worst of ${REPEATS}`, Math.max(...backMs) / 1000, 's', 0.5),
        below(`${venue}: silent socket noticed, worst of ${REPEATS}`, Math.max(...noticedMs) / 1000, 's', 1.5),
      );
    }
    return figures;
  } finally {
    await simulator.stop();
  }
}
