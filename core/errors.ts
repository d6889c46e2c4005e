/** An expected failure with a code that scripts can rely on, and what a person can do about it. */
export class TwinlegError extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, remedy: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TwinlegError';
    this.code = code;
    this.remedy = remedy;
    this.retryable = options.retryable ?? false;
  }
}
