import type { AlertCode } from '#core/alerts/catalogue.ts';
import type { Stage } from './stage.ts';

/** A configuration, or the part of one that an incident needs. */
export interface Settings {
  readonly [key: string]: unknown;
}

/** Something that goes wrong, rehearsed on real parts: a trading run, its store, both venues' sockets, a Bot API. */
export interface Incident {
  /** What is done to the system, in words. */
  readonly done: string;
  /** Alerts that have to reach the operator, each within so long after it was done, ms. Any other alert fails the rehearsal. */
  readonly expected: Readonly<Partial<Record<AlertCode, number>>>;
  /** Those of `expected` that are not asked for where they do not come, as chance decides; they are no surprise either. */
  readonly allowed?: readonly AlertCode[];
  /** Symptoms that the same cause might well raise, and that have to keep quiet. */
  readonly quiet: readonly AlertCode[];
  /** How the system is seen to recover, in words; what holds of all need not be said. */
  readonly recovery: string;
  /** Longest from the mend until every alert is over and positions are closed again, ms. */
  readonly recoversWithinMs: number;
  /** It takes longer than half a minute. */
  readonly slow?: true;
  /** Keys of the configuration that differ from those of every rehearsal. */
  readonly settings?: Settings;
  /** Why it cannot be rehearsed on this machine; undefined where it can. */
  readonly missing?: () => string | undefined;
  /** Before the run starts. */
  readonly prepare?: (stage: Stage) => Promise<void> | void;
  /** Does it. */
  readonly strike: (stage: Stage) => Promise<void> | void;
  /** Takes it back. */
  readonly mend: (stage: Stage) => Promise<void> | void;
  /** What has to hold besides, once it has recovered; throws where it does not. */
  readonly verify?: (stage: Stage) => Promise<void> | void;
  /** Gives back what `prepare` took, whatever came of it. */
  readonly release?: (stage: Stage) => Promise<void> | void;
}

/** What came of one rehearsal (INTERFACES). */
export interface Rehearsal {
  readonly name: string;
  /** Null where it was skipped. */
  readonly ok: boolean | null;
  readonly expected: readonly AlertCode[];
  /** Alerts of the history, each once. */
  readonly seen: readonly string[];
  readonly unexpected: readonly string[];
  /** From the deed until the last expected alert was with the operator, ms; null where one did not come, or none should. */
  readonly alertAfterMs: number | null;
  /** From the mend until all was well again, ms; null where it was not. */
  readonly recoveredAfterMs: number | null;
  /** What was not as it has to be. */
  readonly faults: readonly string[];
  /** Why it was not rehearsed. */
  readonly skipped: string | null;
  readonly seconds: number;
}
