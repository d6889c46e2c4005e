import { gaugedMachine } from '#adapters/wiring/gauges.ts';
import { PortfolioView } from '#adapters/wiring/portfolio-view.ts';
import { RunTelemetry } from '#adapters/wiring/telemetry.ts';
import { KpiBook } from '#core/kpi/index.ts';
import type { VenueId } from '#core/market/types.ts';
import { intakeOf, orderBooks, tickers } from './alloc.ts';
import { quoted, SYMBOLS, T0 } from './quoted.ts';
import { below, type Figure, median, plain } from './report.ts';

const ROUNDS = 25;
const FRAMES = 20_000;
/** A call is far cheaper than a frame. */
const CALLS = 200_000;
const SCRAPES = 40;

/** What the metrics of a run take of its loop, and what a scrape takes of everything, with 250 symbols. */
export async function benchMetrics(): Promise<Figure[]> {
  const telemetry = telemetryOf();
  const frames = [
    ['binance', tickers()],
    ['upbit', orderBooks()],
  ] as const;
  const bare = intakeOf(() => {});
  const figures: Figure[] = [];
  for (const [venue, sent] of frames) {
    const frameNs = leastNs(FRAMES, (i) => bare.frame(venue, sent[i % sent.length]!));
    const countNs = leastNs(CALLS, (i) => telemetry.frame(venue, 'quote', 0.01 + (i % 7) / 100, T0 + (i >> 8)));
    figures.push(
      plain(`a frame of ${venue}`, frameNs, 'ns'),
      plain(`what is counted of it`, countNs, 'ns'),
      below(`what is counted of it, share of the whole`, (100 * countNs) / (frameNs + countNs), '%', 2),
    );
  }
  return [...figures, ...(await scrapes(telemetry))];
}

/** Of several rounds the least: whatever else runs on the machine falls into the others. */
function leastNs(count: number, work: (i: number) => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const cpu = process.cpuUsage();
    for (let i = 0; i < count; i++) work(i);
    const { user, system } = process.cpuUsage(cpu);
    least = Math.min(least, ((user + system) * 1000) / count);
  }
  return least;
}

async function scrapes(telemetry: RunTelemetry): Promise<Figure[]> {
  const taken: number[] = [];
  let bytes = 0;
  for (let i = 0; i < SCRAPES; i++) {
    const cpu = process.cpuUsage();
    bytes = Buffer.byteLength(await telemetry.reading.page());
    const { user, system } = process.cpuUsage(cpu);
    taken.push((user + system) / 1000);
  }
  return [
    below('a scrape, processor time, median', median(taken), 'ms', 50),
    below('a scrape', bytes / 1e6, 'MB', 1),
    below('a scrape every 15 s, of a core', (100 * median(taken)) / 15_000, '%', 2),
  ];
}

/** Of a run whose every symbol has a series in each metric. */
function telemetryOf(): RunTelemetry {
  const machine = quoted();
  const kpi = new KpiBook();
  const portfolio = new PortfolioView(machine);
  const feed = (_venue: VenueId) => ({
    connected: true,
    lastFrameAgeMs: 3,
    latencyMs: 1,
    reconnects: 0,
    standbyReady: false,
  });
  const telemetry = new RunTelemetry(SYMBOLS, Date.now, () => ({
    ...gaugedMachine(machine, kpi, portfolio.report()),
    nowMs: T0 + 15_000,
    uptimeMs: 15_000,
    storeOk: true,
    feed,
  }));
  return telemetry;
}
