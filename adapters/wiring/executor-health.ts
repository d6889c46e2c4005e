import { type HttpServer, jsonAnswer, listenHttp, metricsAnswer } from '#adapters/http/server.ts';
import type { MetricsReading } from '#adapters/metrics/prometheus.ts';

/** Whether each of a worker's pollers was answered lately. */
export class ExecutorHealth {
  readonly #answeredAtMs: number[];
  readonly #staleMs: number;
  readonly #now: () => number;

  /** @param staleMs a poller that was not answered for so long is stuck, or its queue is away */
  constructor(pollers: number, staleMs: number, now: () => number) {
    this.#answeredAtMs = Array.from({ length: pollers }, now);
    this.#staleMs = staleMs;
    this.#now = now;
  }

  /** A poller was answered, with orders or without, and is done with them. */
  answered(poller: number): void {
    this.#answeredAtMs[poller] = this.#now();
  }

  get isWell(): boolean {
    return this.#answeredAtMs.every((atMs) => this.#now() - atMs < this.#staleMs);
  }

  /** Serves /health and /metrics, as a gateway does. @throws TwinlegError as `listenHttp` */
  listen(
    { host, port }: { readonly host: string; readonly port: number },
    reading: MetricsReading,
  ): Promise<HttpServer> {
    const pollers = () => this.#answeredAtMs.map((answeredAtMs) => ({ answeredAtMs }));
    return listenHttp(host, port, {
      '/health': () => jsonAnswer(this.isWell ? 200 : 503, { ok: this.isWell, pollers: pollers() }),
      '/metrics': () => metricsAnswer(reading),
    });
  }
}
