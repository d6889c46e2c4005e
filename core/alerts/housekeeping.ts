import { derivedId } from '../ids.ts';
import type { Alert } from './types.ts';

/** A snapshot could not be saved: trading goes on, but the newest one grows old. One alert for each attempt. */
export function snapshotSaveFailed(atMs: number, reason: string): Alert {
  return {
    id: `a${derivedId('alert', 'SNAPSHOT_SAVE_FAILED', atMs)}`,
    code: 'SNAPSHOT_SAVE_FAILED',
    severity: 'P2',
    atMs,
    title: 'A snapshot could not be saved',
    reason,
    action: 'Free space or mend permissions of the data directory, then run `npx twinleg snapshot save FILE`.',
  };
}
