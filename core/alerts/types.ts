/** P0 critical, P1 high, P2 medium, P3 low (SPEC §11). */
export type Severity = 'P0' | 'P1' | 'P2' | 'P3';

export interface Alert {
  /** Derived from what it is about, so that one cause is stored once. */
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  readonly atMs: number;
  readonly title: string;
  readonly reason: string;
  readonly action: string;
}
