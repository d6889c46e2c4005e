import { type HttpServer, jsonAnswer, listenHttp } from '#adapters/http/server.ts';
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

/** Serves /metrics, /health and /ready of one run. */
export class RunMonitor {
  readonly #joiner: Joiner;
  readonly #feeds: Readonly<Record<VenueId, Feed>>;
  readonly #metrics: MetricsReading;
  readonly #now: () => number;
  readonly #parts = new Map<string, PartHealth>();
  #server: HttpServer | null = null;
  #turnedAtMs: number;
  #storeOk = true;

  constructor(joiner: Joiner, feeds: Readonly<Record<VenueId, Feed>>, metrics: MetricsReading, now: () => number) {
    this.#joiner = joiner;
    this.#feeds = feeds;
    this.#metrics = metrics;
    this.#now = now;
    this.#turnedAtMs = now();
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  async listen(host: string, port: number): Promise<void> {
    const metrics = this.#metrics;
    this.#server = await listenHttp(host, port, {
      '/metrics': async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.page() }),
      '/health': () => {
        this.check(this.#now());
        const ok = [...this.#parts.values()].every((part) => part.ok);
        return jsonAnswer(ok ? 200 : 503, { ok, parts: Object.fromEntries(this.#parts) });
      },
      '/ready': () => {
        const missing = this.#missing();
        return jsonAnswer(missing.length === 0 ? 200 : 503, { ready: missing.length === 0, missing });
      },
    });
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
      const { connected } = this.#feeds[venue].state();
      this.#set(venue, connected, connected ? 'connected' : 'disconnected', nowMs);
    }
  }

  /** What has to come before the process can trade: the store, and quotes of both venues and of the rate. */
  #missing(): string[] {
    const { markets, fx } = this.#joiner;
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
