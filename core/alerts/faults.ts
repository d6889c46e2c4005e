import type { AlertCode } from './catalogue.ts';

/** What was reported and not reported again for so long is over, ms. */
const FAULT_CLEAR_MS = 10_000;
const STRANGER_CLEAR_MS = 300_000;

/** Conditions that are over when nobody reported them for a while. */
export const REPORTED: Readonly<Partial<Record<AlertCode, number>>> = {
  STORE_LOST: FAULT_CLEAR_MS,
  STORE_SLOW: 30_000,
  ERROR_LOGGED: STRANGER_CLEAR_MS,
  WEBHOOK_REFUSED: STRANGER_CLEAR_MS,
  COMMAND_REFUSED: STRANGER_CLEAR_MS,
  COMMANDS_CONTESTED: 60_000,
};

/** What a failure that was survived is an alert of, by its code. */
export function faultCause(errorCode: string): { readonly code: AlertCode; readonly subject: string } {
  const isOfStore = errorCode.startsWith('STORE_') || errorCode === 'DISK_FULL';
  if (!isOfStore) return { code: 'ERROR_LOGGED', subject: errorCode };
  return { code: errorCode === 'STORE_BUSY' ? 'STORE_SLOW' : 'STORE_LOST', subject: '' };
}
