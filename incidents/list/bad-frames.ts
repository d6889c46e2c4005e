import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'Binance sends forty frames that make no sense: cut, empty, binary, negative prices, 20 kB of nothing',
  expected: { BAD_FRAMES: 10_000 },
  quiet: ['VENUE_DOWN', 'RECONNECT_STORM', 'ERROR_RATE', 'ERROR_LOGGED'],
  recovery: 'the frames between them were used all the time; a minute later the alert is over',
  recoversWithinMs: 110_000,
  slow: true,
  strike: (stage) => stage.fault({ kind: 'malformed', venue: 'binance', count: 40 }),
  mend() {},
};
