import type { Alert, Severity } from '../alerts/types.ts';
import type { SendWindow } from '../alerts/window.ts';

/** What is told: that something began, that it lasts, that it got worse, that it is over. */
export type NoticeKind = 'fired' | 'again' | 'worse' | 'resolved';

/** One notice to the operator, as it waits in the queue. */
export interface Notice {
  readonly id: string;
  readonly kind: NoticeKind;
  /** When it was put into the queue, ms. */
  readonly atMs: number;
  readonly alert: Alert;
  /** The run that raised it, such as `paper:simulator #12`. */
  readonly run: string;
  /** Times that the cause was seen again since. */
  readonly repeats: number;
  /** It was sent before and no answer came: the operator may have it already. */
  readonly unsure: boolean;
}

/** What became of a try to send: only `sent` is done, and only `refused` is given up. */
export type SendOutcome =
  | { readonly kind: 'sent' }
  /** The far end asks for a pause. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** It surely did not arrive. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** No answer, or half of one: it may have arrived. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** This text will never be taken; others are. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Carries a text to the operator. */
export interface Notifier {
  /** @param html Telegram's subset of HTML; `plain` is the same without marks, for where the marks are not understood */
  send(html: string, plain: string): Promise<SendOutcome>;
}

/**
 * The queue of notices: filled by the store in the transaction of what caused them, emptied by one courier or several at once.
 * SQLite answers at once; a queue and a table in the cloud take their time.
 */
export interface NoticeQueue {
  /** How many wait, P0 alone or all others, counted up to so many. */
  waiting(urgent: boolean, most: number): Promise<number>;
  /** When the oldest that waits was put there, ms; null where none does. */
  oldestAtMs(): Promise<number | null>;
  /**
   * Takes notices for one message, conditionally: no other courier gets them until `leaseMs` later. Those under a silence are
   * put aside instead.
   *
   * @param urgent P0 alone, or all others, the gravest first and then the oldest
   */
  claim(request: { urgent: boolean; most: number; attempt: string; nowMs: number }): Promise<readonly Notice[]>;
  /** Ends a claim: told, to be told again (surely or perhaps a second time), or never to be. */
  settle(attempt: string, end: 'sent' | 'again' | 'unsure' | 'refused', nowMs: number): Promise<void>;
  /** Frees what a courier took and did not settle: it may have been sent. */
  recover(nowMs: number, leaseMs: number): Promise<number>;
  /** Nobody is there to be told: what waits is kept in the history alone. */
  shelve(nowMs: number): Promise<void>;
  /** An alert was told by another way: its notice does not wait any more. */
  markTold(alert: Alert, nowMs: number): Promise<void>;
  /** Changes the window of sends by a condition on what it was; asked again where another courier was quicker. */
  window(change: (window: SendWindow) => SendWindow | null): Promise<SendWindow>;
}

/** An alert as history shows it (INTERFACES). */
export interface AlertRow {
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  readonly atMs: number;
  readonly resolvedAtMs: number | null;
  readonly title: string;
  readonly reason: string;
  readonly action: string;
  readonly runbook: string;
  readonly runId: string | null;
  readonly deliveredAtMs: number | null;
  readonly repeats: number;
  /** A graver alert explains it: it is kept here and was not told. */
  readonly inhibited?: true;
}

/** An alert whose condition has not ended. */
export type OpenAlert = Pick<Alert, 'code' | 'subject' | 'severity' | 'title' | 'reason' | 'atMs'>;

/** Alert codes that are not told until a moment, ms. */
export type Silences = Readonly<Record<string, number>>;

/** The history of alerts for people, wherever it is. */
export interface AlertBook {
  /** The newest first. */
  list(last: number): Promise<readonly AlertRow[]>;
  /** Those whose condition has not ended, the oldest first. */
  open(): Promise<readonly AlertRow[]>;
  /** Queues one as any other. */
  raise(alert: Alert): Promise<void>;
  /** Silences a code until a moment; one that has passed ends the silence. Returns all that hold. */
  silence(code: string, untilMs: number, nowMs: number): Promise<Silences>;
}
