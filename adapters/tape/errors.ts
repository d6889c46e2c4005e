import { TwinlegError } from '#core/errors.ts';

const REMEDIES = {
  TAPE_MISSING: 'check the name',
  TAPE_UNREADABLE: 'check that it is a tape, gzip where its name ends in .gz, and its permissions',
  TAPE_EXISTS: 'name another file',
  TAPE_WRITE_FAILED: 'check that its directory is there and can be written',
} as const;

/** A tape that cannot be read or written at all. What can be read in part is no error: see TapeSummary. */
export function tapeError(code: keyof typeof REMEDIES, message: string, cause?: unknown): TwinlegError {
  return new TwinlegError(code, message, REMEDIES[code], { cause });
}

/** The system's code of a failed file operation (`ENOENT`), or its message. */
export function faultOf(cause: unknown): string {
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return String(cause);
}
