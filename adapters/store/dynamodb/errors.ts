import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { CLOCK_REMEDY, refusesClock } from '#adapters/aws/clock.ts';
import { CREDENTIALS_REMEDY, refusesCredentials } from '#adapters/aws/credentials.ts';
import { TwinlegError } from '#core/errors.ts';

/**
 * What a failed request means to whoever sent it: `condition`, refused by a condition; `contended`, certainly not done and
 * worth another try; `unknown`, perhaps done; `fatal`, no use to try again.
 */
export type Failure = 'condition' | 'contended' | 'unknown' | 'fatal';

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);
const CONTENDED = new Set([...THROTTLED, 'TransactionConflict', 'TransactionConflictException']);

export function failureOf(error: unknown): Failure {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).flatMap(({ Code }) =>
      Code === undefined || Code === 'None' ? [] : [Code],
    );
    if (codes.includes('ConditionalCheckFailed')) return 'condition';
    return codes.length > 0 && codes.every((code) => CONTENDED.has(code)) ? 'contended' : 'fatal';
  }
  const name = nameOf(error);
  // The same token with another transaction: read again tells whether ours was done.
  if (name === 'ConditionalCheckFailedException' || name === 'IdempotentParameterMismatchException') return 'condition';
  if (CONTENDED.has(name)) return 'contended';
  if (name === 'TransactionInProgressException') return 'unknown';
  return isFromService(error) && !isServerFault(error)
    ? 'fatal'
    : name === 'CredentialsProviderError'
      ? 'fatal'
      : 'unknown';
}

/** What AWS said, as something that a person can act on; what is not AWS's stays as it is. */
export function cloudError(error: unknown, table: string, region: string): unknown {
  if (!(error instanceof Error) || error instanceof TwinlegError) return error;
  const name = nameOf(error);
  const where = `the table ${table} in ${region}`;
  const made = (code: string, message: string, remedy: string, retryable = false) =>
    new TwinlegError(code, message, remedy, { cause: error, retryable });
  if (refusesClock(error)) {
    return made('AWS_CLOCK_SKEW', `AWS refuses this machine's time: ${error.message}`, CLOCK_REMEDY);
  }
  if (refusesCredentials(name)) {
    const message = `AWS does not accept the credentials for ${where}: ${error.message}`;
    return made('AWS_CREDENTIALS', message, CREDENTIALS_REMEDY);
  }
  if (name === 'AccessDeniedException') {
    const remedy = 'allow the role the actions that docs/dynamodb.md lists, on this table alone';
    return made('AWS_ACCESS_DENIED', `AWS denies access to ${where}: ${error.message}`, remedy);
  }
  if (name === 'ResourceNotFoundException') {
    const remedy = 'deploy the stage, or name another with cloud.stage and cloud.region (docs/dynamodb.md)';
    return made('STORE_MISSING', `there is no table ${table} in ${region}`, remedy);
  }
  const failure = failureOf(error);
  // A condition that fails again and again means others who write at once.
  if (failure === 'contended' || failure === 'condition') {
    const message = `${where} is throttled or contended: ${reasonsOf(error)}`;
    return made('STORE_BUSY', message, 'the next event tries again; raise the capacity where it stays so', true);
  }
  if (failure === 'unknown') {
    const remedy = 'check the network, the region and the endpoint; the next event tries again';
    return made('STORE_UNREACHABLE', `${where} did not answer: ${error.message || name}`, remedy, true);
  }
  return made('STORE_FAILED', `${where} failed: ${reasonsOf(error)}`, 'report this with the log');
}

function reasonsOf(error: Error): string {
  if (!(error instanceof TransactionCanceledException)) return `${error.name}: ${error.message}`;
  const reasons = (error.CancellationReasons ?? []).flatMap(({ Code, Message }) =>
    Code === undefined || Code === 'None' ? [] : [Message === undefined ? Code : `${Code}: ${Message}`],
  );
  return [...new Set(reasons)].join('; ') || error.message;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function isFromService(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '$fault' in error;
}

function isServerFault(error: unknown): boolean {
  return (error as { $fault?: string }).$fault === 'server';
}
