import type { Alert } from '../alerts/types.ts';
import { venueDown } from '../guards/venue-down.ts';
import type { Tick } from '../market/market.ts';
import type { Store } from '../ports/store.ts';
import { isHolding, OUTCOME_UNKNOWN } from './control.ts';
import type { EngineObserver } from './engine.ts';
import { nextHold } from './guard-watch.ts';
import type { ControlState, DecisionRecord, HoldChange, SymbolState } from './state.ts';
import { Watchdog } from './watchdog.ts';
import type { StepWorld } from './world.ts';

interface OversightParts {
  readonly world: StepWorld;
  readonly store: Store;
  readonly observer: EngineObserver;
  /** Numbers the commits of a run, holds among them. */
  nextOrdinal(): number;
  adopt(control: ControlState, origin: 'engine' | 'outside', atCommit: number | null): void;
}

/** What concerns no single step: the holds of the standing guards, and positions that nobody judges or closes. */
export class Oversight {
  readonly #parts: OversightParts;
  readonly #watchdog = new Watchdog();

  constructor(parts: OversightParts) {
    this.#parts = parts;
  }

  tick({ pair }: SymbolState, tick: Tick): void {
    if (pair?.state === 'OPEN') this.#watchdog.tick(pair, tick.market, tick.receivedAtMs, this.#parts.world.settings);
  }

  /** Tells of an open position that cannot be judged or is held too long. */
  second({ pair }: SymbolState, atMs: number): void {
    if (pair === null) return;
    const alerts = this.#watchdog.second(pair, atMs, this.#parts.world.settings);
    if (alerts.length === 0) return;
    this.#parts.store.record([], alerts);
    this.#watchdog.told(pair, alerts);
    for (const alert of alerts) this.#parts.observer.alert(alert);
  }

  /** Lets holds begin and end as the standing guards' conditions do. */
  hold(atMs: number): void {
    const { world, observer } = this.#parts;
    for (let step = nextHold(world, atMs); step !== null; step = nextHold(world, atMs)) {
      if (!this.#commit(step.change, [step.record], step.alerts)) continue;
      observer.refusal(step.record);
      for (const alert of step.alerts) observer.alert(alert);
    }
  }

  /** A venue was heard: what its silence had set ends before the tick is judged. */
  heard(atMs: number): void {
    if (isHolding(this.#parts.world.control, venueDown.code)) this.hold(atMs);
  }

  /** Ends the hold of an unknown outcome, once no order's outcome is unknown any more. */
  clearUnknown(states: readonly SymbolState[], atMs: number): void {
    const unknown = ({ pair }: SymbolState) => pair?.pending.some((order) => order.status === 'unknown') ?? false;
    const reason = 'every outcome is known again';
    while (isHolding(this.#parts.world.control, OUTCOME_UNKNOWN) && !states.some(unknown)) {
      this.#commit({ code: OUTCOME_UNKNOWN, holds: false, reason, atMs }, [], []);
    }
  }

  #commit(change: HoldChange, decisions: readonly DecisionRecord[], alerts: readonly Alert[]): boolean {
    const { world, store, observer, nextOrdinal, adopt } = this.#parts;
    const ordinal = nextOrdinal();
    const controlVersion = world.control.version;
    const { ok, control } = store.hold({ ordinal, controlVersion, change, decisions, alerts });
    if (!ok) observer.conflict('control');
    adopt(control, ok ? 'engine' : 'outside', ok ? null : ordinal);
    return ok;
  }
}
