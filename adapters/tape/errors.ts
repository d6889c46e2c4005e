export type TapeErrorCode = 'TAPE_MISSING' | 'TAPE_UNREADABLE' | 'TAPE_EXISTS' | 'TAPE_WRITE_FAILED';

/** A tape that cannot be read or written at all. What can be read in part is no error: see TapeSummary. */
export class TapeError extends Error {
  override readonly name = 'TapeError';
  readonly code: TapeErrorCode;
  readonly file: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable = false;

  constructor(code: TapeErrorCode, file: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.file = file;
  }
}

/** The system's code of a failed file operation (`ENOENT`), or its message. */
export function faultOf(cause: unknown): string {
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return String(cause);
}
