import { COINS } from '../settings.ts';
import type { Incident, Settings } from '../types.ts';

export const incident: Incident = {
  done: 'the configuration denies every symbol of the list while the run trades',
  expected: { UNIVERSE_EMPTY: 10_000 },
  quiet: ['CONFIG_REJECTED', 'UNIVERSE_STALE', 'OPPORTUNITIES_MISSED', 'POSITION_UNJUDGEABLE', 'ERROR_RATE'],
  recovery: 'open positions are closed meanwhile; with the symbols allowed again entries come back',
  recoversWithinMs: 45_000,
  strike: (stage) => stage.configure(denied(COINS.map((coin) => `${coin}/USDT`))),
  mend: (stage) => stage.configure(denied([])),
};

function denied(deny: readonly string[]): Settings {
  return { universe: { filters: { deny } } };
}
