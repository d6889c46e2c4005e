import type { CloudStore, InterestView } from '#core/ports/cloud-store.ts';
import type { Deployment, DeploymentStore } from '#core/ports/deployment.ts';

const SECOND_MS = 1000;
/** Symbols that are known to be flat are read again this often all the same: a restore may have opened one. */
const ALL_EVERY_SECONDS = 30;

export interface StoreWatchParts {
  readonly store: Pick<CloudStore, 'readInterest'>;
  readonly deployments: DeploymentStore;
  readonly everyMs?: number;
  readonly now: () => number;
  /** Symbols whose state is read each second, and all that are watched. */
  readonly maybeOpen: () => readonly string[];
  readonly watched: () => readonly string[];
  /** @param startedMs when the read began */
  readonly onView: (view: InterestView, startedMs: number) => Promise<void> | void;
  /** Another configuration or list is in force from this epoch on. */
  readonly onDeployment: (deployment: Deployment, epoch: number) => void;
  /** That which is in force here. */
  readonly configEpoch: () => number | null;
  readonly failed: (error: unknown) => void;
}

/** Reads once a second, strongly consistent, what the store says: states, trading state, epochs. */
export class StoreWatch {
  readonly #parts: StoreWatchParts;
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #seconds = 0;
  /** When the last read that was answered began, ms; null before the first. */
  readAtMs: number | null = null;

  constructor(parts: StoreWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.now(), this.#parts.everyMs ?? SECOND_MS);
    this.now();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#reading;
  }

  /** Reads at once, unless a read is under way. */
  now(): void {
    this.#reading ??= this.#read()
      .catch(this.#parts.failed)
      .finally(() => {
        this.#reading = null;
      });
  }

  async #read(): Promise<void> {
    const { store, deployments, now, maybeOpen, watched, onView, onDeployment, configEpoch } = this.#parts;
    const symbols = this.#seconds++ % ALL_EVERY_SECONDS === 0 ? watched() : maybeOpen();
    const startedMs = now();
    const view = await store.readInterest(symbols);
    this.readAtMs = startedMs;
    await onView(view, startedMs);
    const { configuration } = view.epochs;
    if (configuration === configEpoch()) return;
    const deployment = await deployments.read();
    if (deployment === null) return;
    onDeployment(deployment, configuration);
  }
}
