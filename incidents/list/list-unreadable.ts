import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Upbit’s REST answers 503 while its stream goes on (the list is refreshed each two seconds)',
  expected: { UNIVERSE_STALE: 15_000 },
  quiet: ['UNIVERSE_EMPTY', 'VENUE_DOWN', 'ERROR_RATE', 'ERROR_LOGGED'],
  recovery: 'the REST answers, and the list is made anew',
  recoversWithinMs: 45_000,
  settings: { universe: { refreshSeconds: 2 } },
  strike: (stage) => stage.fault({ kind: 'restDown', venue: 'upbit', durationMs: 120_000 }),
  mend: (stage) => stage.fault({ kind: 'clear', venue: 'upbit' }),
};
