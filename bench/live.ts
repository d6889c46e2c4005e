import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SimulatedVenues, startSimulatorProcess } from '#adapters/venues/simulator-process.ts';
import { makeCoins } from '../simulator/coins.ts';
import { below, type Figure, median, plain } from './report.ts';

const BIN = fileURLToPath(new URL('../bin/twinleg.js', import.meta.url));
const FRAMES_PER_SECOND = 2000;
const WARM_UP_MS = 8000;
const SECONDS = 20;

/** The product as users run it, in a process of its own, against the simulator in another one, over real sockets. */
export async function benchLive(): Promise<Figure[]> {
  return [...(await measure(20)), ...(await measure(250))];
}

async function measure(symbols: number): Promise<Figure[]> {
  const coins = makeCoins(symbols)
    .slice(0, symbols)
    .map(({ name }) => name);
  const simulator = await startSimulatorProcess({ coins, rate: FRAMES_PER_SECOND });
  const data = mkdtempSync(join(tmpdir(), 'twinleg-bench-'));
  const run = spawn(process.execPath, [BIN, ...runArguments(simulator.venues, coins, data)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const url = await startedAt(run.stderr);
    await sleep(WARM_UP_MS);
    const before = await scrape(url);
    const cpu: number[] = [];
    for (let second = 0; second < SECONDS; second++) {
      await sleep(1000);
      cpu.push((await scrape(url)).value('twinleg_cpu_usage_percent'));
    }
    const after = await scrape(url);
    const count = after.value(`${LATENCY}_count`) - before.value(`${LATENCY}_count`);
    const mean = (after.value(`${LATENCY}_sum`) - before.value(`${LATENCY}_sum`)) / count;
    const quantile = (share: number) => 1000 * quantileOf(before, after, count * share);
    const cpuMean = cpu.reduce((a, b) => a + b, 0) / cpu.length;
    const name = (text: string) => `${symbols} symbols: ${text}`;
    const twenty = symbols === 20;
    return [
      plain(name('frames'), count / SECONDS, '/s'),
      twenty
        ? below(name('frame received → decision, p50'), quantile(0.5), 'ms', 0.1)
        : plain(name('p50'), quantile(0.5), 'ms'),
      twenty
        ? below(name('frame received → decision, p99'), quantile(0.99), 'ms', 1)
        : plain(name('p99'), quantile(0.99), 'ms'),
      below(name('frame received → decision, mean'), mean * 1000, 'ms', 0.2),
      below(name('CPU'), cpuMean, '% of core', twenty ? 10 : 25),
      below(name('memory'), after.value('twinleg_memory_usage_bytes') / 1e6, 'MB', 200),
    ];
  } finally {
    run.kill('SIGTERM');
    await once(run, 'exit');
    await simulator.stop();
    rmSync(data, { recursive: true, force: true });
  }
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
