import { hash } from 'node:crypto';

/** Hex digits kept of a derived id: 80 bits, short enough for both venues' client order ids. */
const ID_LENGTH = 20;

/**
 * An id derived from what it stands for: whoever derives it again from the same inputs finds the earlier work.
 */
export function derivedId(...inputs: readonly (string | number)[]): string {
  return hash('sha256', inputs.join('|'), 'hex').slice(0, ID_LENGTH);
}

/** The id of the position that a decision opens. */
export function positionId(symbol: string, epoch: number, seq: number, decidedAtMs: number, direction: string): string {
  return `p${derivedId('position', symbol, epoch, seq, decidedAtMs, direction)}`;
}

/** The n-th order of a position; at most 36 characters of letters, digits and hyphens, as both venues ask. */
export function orderId(position: string, n: number, purpose: string, venue: string): string {
  return `${position}-${n}${purpose[0]}${venue[0]}`;
}
