import { CLOCK_REMEDY, refusesClock } from '#adapters/aws/clock.ts';
import { CREDENTIALS_REMEDY, refusesCredentials } from '#adapters/aws/credentials.ts';
import { TwinlegError } from '#core/errors.ts';

/** What SQS calls a queue that is not there (any more). */
export const QUEUE_GONE = 'QueueDoesNotExist';

/** Names that ask for patience, not for a change. */
const RETRYABLE = new Set([
  'TimeoutError',
  'RequestTimeout',
  'RequestThrottled',
  'ThrottlingException',
  'KmsThrottled',
  'ServiceUnavailable',
  'InternalError',
  'NetworkingError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

export const REFUSED_ACCESS = new Set(['AccessDenied', 'AccessDeniedException', 'AccessDeniedFault']);

export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return error.name === 'Error' && typeof code === 'string' ? code : error.name;
}

export function isRetryable(error: unknown): boolean {
  const fault = error as { $fault?: unknown; $retryable?: unknown };
  return RETRYABLE.has(errorName(error)) || fault?.$fault === 'server' || fault?.$retryable !== undefined;
}

/** What AWS refused or did not answer, with what a person can do about it. */
export function sqsError(what: string, error: unknown): TwinlegError {
  const name = errorName(error);
  const message = `${what}: ${error instanceof Error ? error.message : String(error)} (${name})`;
  const wrap = (code: string, remedy: string, retryable = false) =>
    new TwinlegError(code, message, remedy, { cause: error, retryable });
  if (error instanceof TwinlegError) return error;
  if (error instanceof Error && refusesClock(error)) return wrap('AWS_CLOCK_SKEW', CLOCK_REMEDY);
  if (refusesCredentials(name)) return wrap('AWS_CREDENTIALS', CREDENTIALS_REMEDY);
  if (REFUSED_ACCESS.has(name)) return wrap('AWS_ACCESS_DENIED', 'give the role the action that the message names');
  if (name === QUEUE_GONE)
    return wrap('QUEUE_MISSING', 'check cloud.stage and cloud.region; the universe function makes queues again');
  return wrap(
    'AWS_UNAVAILABLE',
    'check the network and the region’s health page; it is tried again',
    isRetryable(error),
  );
}
