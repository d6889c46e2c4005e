import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

const PERIOD_US = 100_000;
const ROOT = '/sys/fs/cgroup';

/**
 * Holds a process to a share of one core, as a container's quota does (kernel's own, periods of 100 ms).
 *
 * @returns what ends it, or null where this machine lets nobody set one
 */
export function holdToQuota(pid: number, share: number): (() => void) | null {
  const isV2 = existsSync(`${ROOT}/cgroup.controllers`);
  const folder = `${ROOT}${isV2 ? '' : '/cpu'}/twinleg-bench-${pid}`;
  try {
    mkdirSync(folder);
    if (isV2) writeFileSync(`${folder}/cpu.max`, `${PERIOD_US * share} ${PERIOD_US}`);
    else {
      writeFileSync(`${folder}/cpu.cfs_period_us`, String(PERIOD_US));
      writeFileSync(`${folder}/cpu.cfs_quota_us`, String(PERIOD_US * share));
    }
    writeFileSync(`${folder}/cgroup.procs`, String(pid));
  } catch {
    return null;
  }
  return () => {
    try {
      rmdirSync(folder);
    } catch {
      // Held until the process is gone.
    }
  };
}
