import type { Alert } from '#core/alerts/types.ts';
import { nextHold } from '#core/engine/guard-watch.ts';
import type { ControlState, DecisionRecord } from '#core/engine/state.ts';
import { Watchdog } from '#core/engine/watchdog.ts';
import type { InterestFilter } from '#core/gateway/interest.ts';
import type { TickStream } from '#core/gateway/stream.ts';
import type { Tick } from '#core/market/market.ts';
import type { CloudStore, InterestView } from '#core/ports/cloud-store.ts';

/** One second begins or ends at most so many holds. */
const MOST_HOLDS = 10;

export interface OversightParts {
  readonly store: Pick<CloudStore, 'hold' | 'record'>;
  readonly stream: TickStream;
  readonly filter: InterestFilter;
  readonly onRefusal: (record: DecisionRecord) => void;
  readonly onAlert: (alert: Alert) => void;
  readonly onControl: (control: ControlState) => void;
}

/**
 * What in one process each second does: holds of the standing guards on what this process measures, and positions that
 * nobody can judge or that are held too long.
 */
export class Oversight {
  readonly #parts: OversightParts;
  readonly #watchdog = new Watchdog();
  #ordinal = 0;

  constructor(parts: OversightParts) {
    this.#parts = parts;
  }

  tick(tick: Tick, index: number): void {
    const pair = this.#parts.filter.known(index)?.pair;
    if (pair?.state === 'OPEN') this.#watchdog.tick(pair, tick.market, tick.receivedAtMs, this.#parts.stream.settings);
  }

  async second(view: InterestView, atMs: number): Promise<void> {
    await this.#hold(view, atMs);
    const { stream, store, onAlert } = this.#parts;
    const pairs = [...view.states.values()].flatMap(({ pair }) => pair ?? []);
    const alerts = pairs.flatMap((pair) => this.#watchdog.second(pair, atMs, stream.settings));
    if (alerts.length === 0) return;
    await store.record([], alerts);
    for (const alert of alerts) onAlert(alert);
  }

  async #hold({ control: read, tally }: InterestView, nowMs: number): Promise<void> {
    const { store, stream, onRefusal, onAlert, onControl } = this.#parts;
    const { settings, outside, joiner } = stream;
    let control = read;
    for (let i = 0; i < MOST_HOLDS; i++) {
      const step = nextHold({ settings, control, tally, outside, liveness: joiner.liveness }, nowMs);
      if (step === null) return;
      const { change, record, alerts } = step;
      const request = {
        ordinal: ++this.#ordinal,
        controlVersion: control.version,
        change,
        alerts,
        decisions: [record],
      };
      const result = await store.hold(request);
      control = result.control;
      if (!result.ok) continue;
      onControl(control);
      onRefusal(record);
      for (const alert of alerts) onAlert(alert);
    }
  }
}
