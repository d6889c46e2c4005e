import { TwinlegError } from '#core/errors.ts';

/** One thing that was examined. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do, where something is wrong. */
  readonly remedy: string | null;
  /** The code of the error that was met, where one was. */
  readonly code?: string;
}

export function passed(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: null };
}

export function failed(name: string, detail: string, remedy: string): Check {
  return { name, ok: false, detail, remedy };
}

/** An error of ours as what a check found. @throws whatever is none */
export function failedBy(name: string, error: unknown): Check {
  if (!(error instanceof TwinlegError)) throw error;
  const { code, message, remedy } = error;
  return { name, ok: false, detail: message, remedy, code };
}
