import { derivedId } from '../ids.ts';
import type { Tick } from '../market/market.ts';
import { refusalRecord } from './on-tick.ts';
import type { DecisionRecord, Refusal, SymbolState } from './state.ts';
import type { StepWorld } from './world.ts';

/** A refusal that stands for longer is one record for each such stretch, ms. */
const STRETCH_MS = 60_000;

interface Note {
  readonly stretch: number;
  readonly record: DecisionRecord;
  lastAtMs: number;
  count: number;
}

interface ToWrite {
  readonly records: readonly DecisionRecord[];
  noted(): void;
}

const NOTHING: ToWrite = { records: [], noted() {} };

/**
 * Keeps refusals from flooding a store that many share: one record for each symbol, guard and minute, whoever comes
 * first. Its id is derived from these three, so that the others' writes find it there. What is remembered here only saves
 * writes; losing it loses a count and nothing else.
 */
export class RefusalNotes {
  readonly #notes = new Map<string, Note>();

  /** What has to be written for a refusal, and `noted` to be called once it is: nothing while its minute is noted here. */
  refused(state: SymbolState, tick: Tick, world: StepWorld, refusal: Refusal): ToWrite {
    const { code } = refusal.guard;
    const { symbol, receivedAtMs } = tick;
    const key = `${symbol} ${code}`;
    const stretch = Math.floor(receivedAtMs / STRETCH_MS);
    const noted = this.#notes.get(key);
    if (noted !== undefined && noted.stretch >= stretch) {
      noted.count++;
      noted.lastAtMs = receivedAtMs;
      return NOTHING;
    }
    const id = `r${derivedId('refusal', symbol, code, stretch)}`;
    const record = { ...refusalRecord(state, tick, world, refusal.wish, code), id };
    return {
      records: noted === undefined ? [record] : [endOf(noted), record],
      noted: () => void this.#notes.set(key, { stretch, record, lastAtMs: receivedAtMs, count: 1 }),
    };
  }
}

/** As far as this environment saw it: another may have counted its own. */
function endOf({ record, lastAtMs, count }: Note): DecisionRecord {
  const inputs = { ...record.inputs, beganAtMs: record.atMs, count };
  return { ...record, id: `${record.id}e`, atMs: lastAtMs, decision: 'REFUSAL_ENDED', inputs };
}
