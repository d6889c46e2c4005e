import type { Tick } from '../market/market.ts';
import { refusalRecord } from './on-tick.ts';
import type { DecisionRecord, Refusal, SymbolState } from './state.ts';
import type { StepWorld } from './world.ts';

/** A refusal counts as ended when it was not seen again for this long, ms: one that flickers is one refusal. */
const ENDED_AFTER_MS = 1000;

interface Standing {
  readonly record: DecisionRecord;
  lastAtMs: number;
  count: number;
}

/**
 * Keeps refusals from flooding the store: the same refusal of a symbol by the same guard is written when it begins and
 * when it ends, with a count. Not part of any state: it begins anew with every run.
 */
export class RefusalLog {
  /** By symbol, then by guard: guards that take turns at refusing stay one refusal each. */
  readonly #standing = new Map<string, Map<string, Standing>>();
  readonly #write: (record: DecisionRecord) => void;

  constructor(write: (record: DecisionRecord) => void) {
    this.#write = write;
  }

  refused(state: SymbolState, tick: Tick, world: StepWorld, refusal: Refusal): void {
    const { code } = refusal.guard;
    let byCode = this.#standing.get(state.symbol);
    if (byCode === undefined) {
      byCode = new Map();
      this.#standing.set(state.symbol, byCode);
    }
    const standing = byCode.get(code);
    if (standing !== undefined) {
      standing.count++;
      standing.lastAtMs = tick.receivedAtMs;
      return;
    }
    const record = refusalRecord(state, tick, world, refusal.wish, code);
    // Where the write fails the refusal has not begun: the next tick writes it.
    this.#write(record);
    byCode.set(code, { record, lastAtMs: tick.receivedAtMs, count: 1 });
  }

  /** Ends what was not seen for a while. */
  sweep(nowMs: number): void {
    for (const byCode of this.#standing.values()) {
      if (byCode.size === 0) continue;
      for (const [code, standing] of byCode) {
        if (nowMs - standing.lastAtMs < ENDED_AFTER_MS) continue;
        this.#end(standing);
        byCode.delete(code);
      }
    }
  }

  endAll(): void {
    this.sweep(Number.POSITIVE_INFINITY);
  }

  #end({ record, count, lastAtMs }: Standing): void {
    this.#write({
      ...record,
      id: `${record.id}e`,
      atMs: lastAtMs,
      decision: 'REFUSAL_ENDED',
      inputs: { ...record.inputs, beganAtMs: record.atMs, count },
    });
  }
}
