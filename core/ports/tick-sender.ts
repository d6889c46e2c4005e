/** One encoded tick on its way to the queue of its symbol. */
export interface TickMessage {
  readonly symbol: string;
  readonly body: string;
}

/** A message that was not taken; what is `retryable` may be sent again, though by then a newer tick is better. */
export interface SendFailure {
  readonly message: TickMessage;
  readonly code: string;
  /** What it means and what to do about it, for a person. */
  readonly told: string;
  readonly retryable: boolean;
}

/** Sends ticks to where they are judged. Never throws for what a queue refuses or does not answer: that is in `failed`. */
export interface TickSender {
  send(batch: readonly TickMessage[]): Promise<{ readonly failed: readonly SendFailure[] }>;
}
