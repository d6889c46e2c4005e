import type { AlertCode } from './catalogue.ts';

/**
 * What a graver alert explains: while one is open, or was a moment ago, these are written down and not told. Alertmanager's
 * inhibitions are the same.
 */
export const EXPLAINS = {
  STORE_LOST: ['STORE_SLOW', 'COMMIT_SLOW', 'SNAPSHOT_SAVE_FAILED', 'ERROR_RATE'],
  STORE_SLOW: ['COMMIT_SLOW', 'LOOP_LATENCY', 'ERROR_RATE'],
  DISK_FULL: ['DISK_FILLING', 'SNAPSHOT_SAVE_FAILED', 'ERROR_RATE'],
  VENUE_DOWN: ['RECONNECT_STORM', 'FX_STALE', 'POSITION_UNJUDGEABLE'],
  FX_STALE: ['POSITION_UNJUDGEABLE'],
  FX_INSANE: ['COMMON_MODE'],
} as const satisfies Partial<Record<AlertCode, readonly AlertCode[]>>;

/** A symptom is explained for so long after the graver alert has ended, ms: what is counted over a minute lags behind. */
export const EXPLAINED_FOR_MS = 90_000;

/** Codes that explain this one. */
export function explainedBy(code: string): readonly AlertCode[] {
  return (Object.entries(EXPLAINS) as [AlertCode, readonly string[]][]).flatMap(([graver, symptoms]) =>
    symptoms.includes(code) ? [graver] : [],
  );
}
