import type { DeadLetter } from '#adapters/bus/sqs/dead-letters.ts';
import { TwinlegError } from '#core/errors.ts';

/** A message as a function got it. */
interface Received {
  readonly eventSourceARN: string;
  readonly body: string;
}

/** A message on its way to the dead letters, with the queue that it came from. */
export function deadLetterOf(
  { eventSourceARN, body }: Received,
  reason: string,
  detail: string,
  atMs: number,
): DeadLetter {
  return { queue: eventSourceARN.split(':').at(-1) ?? '', reason, detail, atMs, body };
}

/** A failure as it is logged: code, what and remedy. */
export function failureOf(error: unknown): { code: string; message: string; remedy: string | null } {
  if (error instanceof TwinlegError) return { code: error.code, message: error.message, remedy: error.remedy };
  return {
    code: 'INTERNAL',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    remedy: null,
  };
}
