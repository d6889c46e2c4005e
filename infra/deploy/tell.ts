import process from 'node:process';
import { TwinlegError } from '#core/errors.ts';
import { type DeployOptions, readArguments } from './arguments.ts';

/** What a script ends with: an exit code, a value for `--json`, words for people. */
export interface Conclusion {
  readonly exitCode: number;
  readonly value: unknown;
  readonly text: string;
}

export function say(line: string): void {
  console.error(line);
}

/** Reads a script's arguments, runs its body, and tells result or failure as every Twinleg command does. */
export async function conclude(help: string, body: (options: DeployOptions) => Promise<Conclusion>): Promise<void> {
  const asJson = process.argv.includes('--json');
  try {
    const options = readArguments(process.argv.slice(2));
    if (options === 'help') return console.log(help);
    const result = await body(options);
    console.log(asJson ? JSON.stringify(result.value, null, 2) : result.text);
    process.exitCode = result.exitCode;
  } catch (error) {
    const { code, message, remedy } =
      error instanceof TwinlegError
        ? error
        : { code: 'INTERNAL', message: (error as Error).message, remedy: 'nothing more is known' };
    if (asJson) console.log(JSON.stringify({ error: { code, message, remedy } }, null, 2));
    console.error(`error: ${message}\n  → ${remedy}`);
    process.exitCode = code === 'USAGE' || code === 'CONFIG_INVALID' ? 2 : 1;
  }
}
