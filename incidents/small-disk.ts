import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why no small file system can be had here; undefined where it can. */
export function missingMount(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'twinleg-mount-'));
  try {
    mountSmallDisk(directory, 1_000_000);
    unmount(directory);
    return undefined;
  } catch {
    return 'a small file system cannot be mounted here (tmpfs, as root, on Linux alone)';
  } finally {
    rmdirSync(directory);
  }
}

export function mountSmallDisk(directory: string, bytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], { stdio: 'ignore' });
}

export function unmount(directory: string): void {
  execFileSync('umount', [directory], { stdio: 'ignore' });
}
