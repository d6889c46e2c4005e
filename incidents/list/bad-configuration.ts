import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'the configuration file is changed to one with an unknown key while the run trades',
  expected: { CONFIG_REJECTED: 8000 },
  quiet: ['CONFIG_WARNING', 'UNIVERSE_EMPTY', 'ERROR_RATE', 'ERROR_LOGGED'],
  recovery: 'the one before it stays in force; with the next valid file the alert is over',
  recoversWithinMs: 45_000,
  strike: (stage) => stage.configure({ guards: { noSuchGuard: 1 } }),
  mend: (stage) => stage.configure({ guards: { noSuchGuard: undefined } }),
};
