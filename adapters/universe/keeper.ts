import type { Config } from '#core/config.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { isWritten, type Selection, selectUniverse, unreadSelection } from '#core/universe/select.ts';
import type { UniverseReader, VenueFailure } from './reader.ts';

/** The last list that was made from both venues' answers. */
export interface StoredUniverse {
  readonly atMs: number;
  /** The settings that it was made under. */
  readonly made: unknown;
  readonly selection: Selection;
  readonly instruments: readonly Instrument[];
}

export interface UniverseMemory {
  load(): StoredUniverse | null;
  save(universe: StoredUniverse): void;
}

/** The list that is in force after a refresh. */
export interface Universe {
  readonly selection: Selection;
  /** Of all that is included, and of what was asked for besides; those that nobody knows are missing. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** When the venues' answers that it rests on came, ms; null where it was never made from any. */
  readonly madeAtMs: number | null;
}

export interface Refresh {
  /** Null where there is no list to fall back to. */
  readonly universe: Universe | null;
  /** Venues that could not be read: the last good list stays in force. */
  readonly failures: readonly VenueFailure[];
  readonly gaps: readonly string[];
}

/** Makes the list again and again, and keeps the last good one for when a venue does not answer. */
export class UniverseKeeper {
  readonly #reader: UniverseReader;
  readonly #memory: UniverseMemory;

  constructor(reader: UniverseReader, memory: UniverseMemory) {
    this.#reader = reader;
    this.#memory = memory;
  }

  /** @param besides symbols that are not on the list and need their rules all the same */
  async refresh(config: Config['universe'], besides: readonly string[], nowMs: () => number): Promise<Refresh> {
    const reading = await this.#reader.read(config);
    const stored = this.#memory.load();
    const made = settingsOf(config);
    const same = stored !== null && JSON.stringify(stored.made) === JSON.stringify(made);
    const known = new Map((stored?.instruments ?? []).map((instrument) => [instrument.symbol, instrument]));
    const { facts, failures, gaps } = reading;
    let selection: Selection | null = null;
    let madeAtMs: number | null = null;
    if (facts !== null) {
      selection = selectUniverse(config, facts, same ? stored.selection.members : null);
      madeAtMs = nowMs();
    } else if (same) {
      selection = stored.selection;
      madeAtMs = stored.atMs;
    } else if (isWritten(config.mode)) selection = unreadSelection(config);
    if (selection === null) return { universe: null, failures, gaps };
    const instruments = new Map<string, Instrument>();
    for (const symbol of [...selection.included.map((row) => row.symbol), ...besides]) {
      const instrument =
        facts === null ? (known.get(symbol) ?? reading.instrument(symbol)) : reading.instrument(symbol);
      const last = instrument ?? known.get(symbol);
      if (last !== undefined) instruments.set(symbol, last);
    }
    if (facts !== null) this.#memory.save({ atMs: nowMs(), made, selection, instruments: [...instruments.values()] });
    return { universe: { selection, instruments, madeAtMs }, failures, gaps };
  }
}

/** Forgets everything: for a list that is asked for once. */
export const NO_MEMORY: UniverseMemory = { load: () => null, save() {} };

/** How often the list is made does not change what it holds. */
function settingsOf({ refreshSeconds: _often, ...rest }: Config['universe']): unknown {
  return rest;
}
