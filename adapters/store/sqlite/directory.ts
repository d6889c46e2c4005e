import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { TwinlegError } from '#core/errors.ts';

/**
 * Makes a data directory where it is missing, parents first.
 *
 * @throws TwinlegError `DATA_DIRECTORY` where it cannot be
 */
export function makeDirectory(directory: string): void {
  try {
    makeMissing(resolve(directory));
  } catch (cause) {
    throw new TwinlegError(
      'DATA_DIRECTORY',
      `the data directory ${directory} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      'name another with --data DIR, or give write permission',
      { cause },
    );
  }
}

/** One level at a time: the recursive form of mkdir never returns on file systems such as /proc. */
function makeMissing(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new Error('a file of that name is in its place');
  if (dirname(directory) !== directory) makeMissing(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    // Another process may have made it in between.
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
