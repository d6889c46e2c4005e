import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Telegram answers 500 for more than a minute while a venue sends broken frames',
  expected: {},
  quiet: ['ERROR_RATE', 'ERROR_LOGGED', 'MESSAGE_REFUSED'],
  recovery: 'Telegram takes messages again: all that was kept arrives, in order of its gravity',
  recoversWithinMs: 120_000,
  slow: true,
  strike() {},
  mend() {},
};
