import {
  type HttpAnswer,
  type HttpServer,
  jsonAnswer,
  listenHttp,
  metricsAnswer,
  type Posted,
} from '#adapters/http/server.ts';
import type { MetricsReading } from '#adapters/metrics/prometheus.ts';
import type { Feed } from '#adapters/venues/feed.ts';
import type { Joiner } from '#core/market/joiner.ts';
import { VENUES, type VenueId } from '#core/market/types.ts';

/** A loop that did not come round for this long is stuck, ms. */
const STUCK_MS = 2000;

/** A part of a process: what it is in now, whether that is well, and since when. */
interface PartHealth {
  readonly ok: boolean;
  readonly state: string;
  readonly sinceMs: number;
}

export interface RunMonitorParts {
  readonly joiner: Joiner;
  readonly feeds: Readonly<Record<VenueId, Feed>>;
  /** What /metrics serves. */
  readonly page: MetricsReading;
  readonly now: () => number;
  /** Whether the feeds are not to be connected now. */
  readonly isIdle?: () => boolean;
  /** Takes what Alertmanager posts; left out, nothing is taken. */
  readonly webhook?: (posted: Posted) => HttpAnswer;
  /** Parts that only this kind of process has. */
  readonly besides?: () => Readonly<Record<string, Omit<PartHealth, 'sinceMs'>>>;
}

/** Serves /metrics, /health and /ready of one process. */
export class RunMonitor {
  readonly #given: RunMonitorParts;
  readonly #parts = new Map<string, PartHealth>();
  #server: HttpServer | null = null;
  #turnedAtMs: number;
  #storeOk = true;

  constructor(parts: RunMonitorParts) {
    this.#given = parts;
    this.#turnedAtMs = parts.now();
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  async listen(host: string, port: number): Promise<void> {
    const { page, now, webhook } = this.#given;
    this.#server = await listenHttp(host, port, {
      '/metrics': () => metricsAnswer(page),
      '/health': () => {
        this.check(now());
        const ok = this.isWell;
        return jsonAnswer(ok ? 200 : 503, { ok, parts: Object.fromEntries(this.#parts) });
      },
      '/ready': () => {
        const missing = this.#missing();
        return jsonAnswer(missing.length === 0 ? 200 : 503, { ready: missing.length === 0, missing });
      },
      ...(webhook === undefined ? {} : { '/alertmanager': { post: webhook } }),
    });
  }

  /** Every part is. */
  get isWell(): boolean {
    return [...this.#parts.values()].every((part) => part.ok);
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** The store did what was asked of it last. */
  get storeOk(): boolean {
    return this.#storeOk;
  }

  /** The loop came round. */
  turned(nowMs: number): void {
    this.#turnedAtMs = nowMs;
  }

  /** The store took a write. */
  written(): void {
    this.#storeOk = true;
  }

  failed(code: string): void {
    if (code.startsWith('STORE') || code === 'DISK_FULL') this.#storeOk = false;
  }

  check(nowMs: number): void {
    this.#set('store', this.#storeOk, this.#storeOk ? 'open' : 'failing', nowMs);
    const turning = nowMs - this.#turnedAtMs < STUCK_MS;
    this.#set('engine', turning, turning ? 'running' : 'stuck', nowMs);
    for (const venue of VENUES) {
      if (this.#given.isIdle?.() === true) {
        this.#set(venue, true, 'idle', nowMs);
        continue;
      }
      const { connected } = this.#given.feeds[venue].state();
      this.#set(venue, connected, connected ? 'connected' : 'disconnected', nowMs);
    }
    for (const [name, { ok, state }] of Object.entries(this.#given.besides?.() ?? {}))
      this.#set(name, ok, state, nowMs);
  }

  /** What has to come before the process can trade: the store, and quotes of both venues and of the rate. */
  #missing(): string[] {
    const { markets, fx } = this.#given.joiner;
    const missing = VENUES.filter((venue) => !markets.some((market) => market[venue].receivedAtMs >= 0)) as string[];
    if (fx.receivedAtMs < 0) missing.push('fx');
    if (!this.#storeOk) missing.push('store');
    return missing;
  }

  #set(name: string, ok: boolean, state: string, nowMs: number): void {
    const before = this.#parts.get(name);
    if (before?.ok === ok && before.state === state) return;
    this.#parts.set(name, { ok, state, sinceMs: nowMs });
  }
}
