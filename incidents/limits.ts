import { execFileSync } from 'node:child_process';

const PRLIMIT = 'prlimit';

/** Why limits of another process cannot be set here; undefined where they can. */
export function missingPrlimit(): string | undefined {
  try {
    execFileSync(PRLIMIT, ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'prlimit is not installed (util-linux, on Linux alone)';
  }
}

/**
 * Lets a running process write its files no further than so many bytes: beyond them the kernel refuses. The limit above
 * stays, so that it can be lifted again.
 */
export function limitWrites(pid: number, bytes: number | 'unlimited'): void {
  execFileSync(PRLIMIT, ['--pid', String(pid), `--fsize=${bytes}:`]);
}
