import { randomUUID } from 'node:crypto';
import { Courier } from '#core/alerts/courier.ts';
import { windowLimits } from '#core/alerts/window.ts';
import { SEND_TIMEOUT_MS } from './telegram.ts';

type LaneParts = Omit<ConstructorParameters<typeof Courier>[0], 'urgent' | 'limits' | 'newAttempt'> & {
  readonly maxPerMinute: number;
};

/** A courier for each lane of notices: P0's own, then that of all others. */
export function createCouriers(parts: LaneParts): Courier[] {
  const limits = windowLimits(parts.maxPerMinute, SEND_TIMEOUT_MS);
  return [true, false].map((urgent) => new Courier({ ...parts, limits, newAttempt: randomUUID, urgent }));
}
