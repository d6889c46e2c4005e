import type { Context } from './context.ts';

/** One option as commander takes it: its flags, what it does, and how its text becomes a value. */
export interface OptionSpec {
  readonly flags: string;
  readonly about: string;
  readonly parse?: (text: string) => unknown;
}

/** A subcommand: one file, one line in the registry. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** As in a usage line: `<symbol>`, `[action]`, `<file...>`. */
  readonly arguments?: readonly {
    readonly name: string;
    readonly about: string;
    readonly choices?: readonly string[];
  }[];
  readonly options?: readonly OptionSpec[];
  /** Exit code 0 unless it says otherwise; a failure is thrown. */
  run(context: Context): Promise<number | undefined> | number | undefined;
}

/** Exit codes that scripts rely on. */
export const EXIT = { done: 0, failed: 1, usage: 2, no: 3 } as const;
