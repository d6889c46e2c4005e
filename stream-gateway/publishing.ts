import type { GatewayTelemetry } from '#adapters/wiring/gateway-telemetry.ts';
import type { RunView } from '#adapters/wiring/run-view.ts';
import type { StoredFigures } from '#adapters/wiring/stored-figures.ts';
import { standingOf } from '#core/engine/standing.ts';
import type { TickStream } from '#core/gateway/stream.ts';
import { isQuoted } from '#core/market/market.ts';
import type { PortfolioMarks } from '#core/portfolio/report.ts';
import type { Records } from '#core/ports/records.ts';
import type { Account } from './account.ts';

/** Each write costs: the status and what is open are told this often, and one other symbol with them in its turn; s. */
const STATUS_EVERY = 20;
const MARKS_EVERY = 60;
/** How often the guards' counts and what waits to be told are read, s: as often as a scrape; and what changes seldom. */
const FIGURES_EVERY = 15;
const SELDOM_EVERY = 60;
/** What was published counts for three of its turns, ms. */
const STATUS_TTL_MS = 3 * STATUS_EVERY * 1000;

export interface PublishingParts {
  readonly publications: {
    publishStatus(status: object, nowMs: number, ttlMs: number): Promise<void>;
    publishStanding(standing: ReturnType<typeof standingOf>, nowMs: number, ttlMs: number): Promise<void>;
    keepMarks(marks: PortfolioMarks): Promise<void>;
  };
  readonly account: Account;
  readonly records: Pick<Records, 'triggers'>;
  readonly figures: StoredFigures;
  readonly telemetry: Pick<GatewayTelemetry, 'triggered' | 'alertsWaiting' | 'snapshots' | 'restored'>;
  readonly stream: TickStream;
  readonly status: (running: boolean) => RunView;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
}

/** Publishes what `status`, `why` and `positions` show, from the process that hears the market. */
export class Publishing {
  readonly #parts: PublishingParts;
  #seconds = 0;
  #next = 0;
  #running: Promise<void> | null = null;

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  /** One second has gone by; one whose writes take longer leaves the next out. */
  second(): void {
    this.#running ??= this.#publish(this.#seconds++)
      .catch(this.#parts.failed)
      .finally(() => {
        this.#running = null;
      });
  }

  /** Tells that nobody leads any more, as far as this process knows. */
  async stop(): Promise<void> {
    await this.#running;
    if (this.#seconds === 0) return;
    await this.#status(false).catch(this.#parts.failed);
  }

  async #publish(second: number): Promise<void> {
    const { account, publications } = this.#parts;
    const { watched } = account.settings;
    if (second % FIGURES_EVERY === 0) await this.#readFigures(second % SELDOM_EVERY === 0);
    if (second % STATUS_EVERY !== 0) return;
    await account.refresh();
    await this.#status(true);
    const open = account.states.flatMap(({ pair }, i) => (pair === null ? [] : [i]));
    const inTurn = watched.length === 0 || !this.#isHeard(second) ? [] : [this.#next++ % watched.length];
    for (const index of new Set([...open, ...inTurn])) await this.#standing(index);
    if (second % MARKS_EVERY === 0 && account.inventory.held.size > 0) await publications.keepMarks(account.marks());
  }

  /** At the start a symbol waits for its quotes: its next turn comes when all others have had theirs. */
  #isHeard(second: number): boolean {
    const market = this.#parts.stream.joiner.markets[0];
    return second > 0 || (market !== undefined && isQuoted(market));
  }

  async #readFigures(isSeldom: boolean): Promise<void> {
    const { records, figures, telemetry, now } = this.#parts;
    telemetry.triggered(await records.triggers());
    const sinceMs = await figures.alertWaitingSinceMs();
    telemetry.alertsWaiting(sinceMs === null ? 0 : Math.max(0, now() - sinceMs));
    if (!isSeldom) return;
    telemetry.snapshots(await figures.snapshots());
    telemetry.restored(await figures.restores());
  }

  async #status(running: boolean): Promise<void> {
    const { publications, status, now } = this.#parts;
    await publications.publishStatus(status(running), now(), STATUS_TTL_MS);
  }

  async #standing(index: number): Promise<void> {
    const { publications, account, stream, now } = this.#parts;
    const { states, world } = account;
    const state = states[index];
    const market = stream.joiner.markets[index];
    if (state === undefined || market === undefined) return;
    const ttlMs = 3 * 1000 * STATUS_EVERY * Math.max(1, states.length);
    await publications.publishStanding(standingOf(state, market, world, now()), now(), ttlMs);
  }
}
