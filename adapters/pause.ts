import { setTimeout as sleep } from 'node:timers/promises';

/** Until the time is over or there is nothing more to wait for; leaves nothing behind. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {});
}
