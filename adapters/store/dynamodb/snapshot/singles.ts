import type { Silences } from '#core/ports/alerts.ts';
import type { StoredSilences } from '../alerts/silences.ts';

/** Items of which there is one, in a local store and on a table alike. */
export const SINGLES = ['universe', 'marks', 'silences', 'commands', 'sendWindow'] as const;
export type Single = (typeof SINGLES)[number];

/** The body of a single item as one store has it, from how the other has it; the same where nothing is said here. */
interface Bodies {
  toTable(local: object, version: number): object;
  toLocal(stored: object): object;
}

/** On a table the version lies in the body too. */
const VERSIONED: Bodies = {
  toTable: (local, version) => ({ ...local, version }),
  toLocal(stored) {
    const { version: _version, ...local } = stored as { readonly version: number };
    return local;
  },
};

const SILENCES: Bodies = {
  toTable: (local, version): StoredSilences => ({ version, untilMs: local as Silences }),
  toLocal: (stored) => (stored as StoredSilences).untilMs,
};

export const SINGLE_BODIES: Readonly<Record<Single, Bodies | null>> = {
  universe: null,
  marks: null,
  silences: SILENCES,
  commands: VERSIONED,
  sendWindow: VERSIONED,
};
