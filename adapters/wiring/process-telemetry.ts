import type { MetricsReading } from '#adapters/metrics/prometheus.ts';
import { Activity } from '#core/alerts/activity.ts';
import { ALL_SYMBOLS } from '#core/engine/guard-watch.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import { byVenue, VENUES, type VenueId } from '#core/market/types.ts';
import {
  ERROR_CODES,
  type FEED_EVENTS,
  FRAME_KINDS,
  type PUSH_RESULTS,
  STANDING_GUARD_CODES,
} from '#core/metrics/labels.ts';
import { boundedLabel } from '#core/metrics.ts';
import type { LongLived } from './gauges.ts';

/** Counts what every long-lived process does, in the series of the catalogue. */
export class ProcessTelemetry<Instruments extends LongLived> {
  protected readonly metrics: Instruments;
  protected symbols: readonly string[] = [];
  /** Frames of each kind so far: plain numbers, as the library's counter makes objects for each frame. */
  readonly #frames: Readonly<Record<VenueId, Record<string, number>>> = byVenue(noFrames);
  readonly #begun = new Set<string>();
  /** What alerts are judged by. */
  readonly activity = new Activity();
  protected readonly now: () => number;
  #cpu = process.cpuUsage();
  #cpuAtMs = performance.now();
  #cpuPercent = 0;

  constructor(metrics: Instruments, symbols: readonly string[], now: () => number) {
    this.metrics = metrics;
    this.now = now;
    for (const guard of STANDING_GUARD_CODES) metrics.guardTriggers.inc({ guard, symbol: ALL_SYMBOLS }, 0);
    this.watch(symbols);
  }

  /** The symbols that are watched from now on. */
  watch(symbols: readonly string[]): void {
    this.symbols = symbols;
    const added = symbols.filter((symbol) => !this.#begun.has(symbol));
    for (const symbol of added) this.#begun.add(symbol);
    this.metrics.begin(added);
  }

  get reading(): MetricsReading {
    const { contentType, page, values } = this.metrics.reading;
    const counted =
      <T>(read: () => T) =>
      () => {
        this.#countFrames();
        return read();
      };
    return { contentType, page: counted(page), values: counted(values) };
  }

  /** @param atMs when the frame came */
  frame(venue: VenueId, kind: string, tookMs: number, atMs: number): void {
    this.#frames[venue][kind]!++;
    this.metrics.loopLatency.observe(tookMs / 1000);
    this.activity.frame(atMs, tookMs);
    if (kind !== 'quote' && kind.startsWith('malformed_')) this.activity.venues[venue].malformed.add(atMs);
  }

  refusal({ decision, code, symbol }: DecisionRecord): void {
    if (decision === 'REFUSED' || decision === 'HELD') this.metrics.guardTriggers.inc({ guard: code, symbol });
  }

  feedEvent(venue: VenueId, event: (typeof FEED_EVENTS)[number]): void {
    this.metrics.feedEvents.inc({ venue, event });
    // A dial that fails is no break of a connection: a venue that lets nobody in is down.
    if (event === 'disconnected') this.activity.venues[venue].breaks.add(this.now());
  }

  roundTrip(venue: VenueId, ms: number): void {
    this.metrics.wsLatency.observe({ venue }, ms / 1000);
  }

  error(code: string): void {
    this.metrics.errors.inc({ code: boundedLabel(code, ERROR_CODES) });
  }

  pushed(result: (typeof PUSH_RESULTS)[number]): void {
    this.metrics.pushes.inc({ result });
  }

  /** Measures the CPU since the last call; meant for once a second. */
  sampleCpu(): void {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = nowMs - this.#cpuAtMs;
    if (elapsedMs < 100) return;
    this.#cpuPercent = (user + system) / 10 / elapsedMs;
    this.#cpu = process.cpuUsage();
    this.#cpuAtMs = nowMs;
  }

  get cpuPercent(): number {
    return this.#cpuPercent;
  }

  #countFrames(): void {
    const { frames } = this.metrics;
    frames.reset();
    for (const venue of VENUES) {
      for (const kind of FRAME_KINDS) frames.inc({ venue, kind }, this.#frames[venue][kind]);
    }
  }
}

function noFrames(): Record<string, number> {
  return Object.fromEntries(FRAME_KINDS.map((kind) => [kind, 0]));
}
