import assert from 'node:assert/strict';
import type { Transition } from '#core/engine/state.ts';
import { testMachine } from './machine.ts';

/** Real transitions of one position, from decision to close, as the engine makes them. */
export function roundTrip(): Transition[] {
  const t = testMachine();
  const at = 1_700_000_000_000;
  t.machine.start(at);
  t.fx(at, 1400, 1400.5);
  t.quote(at, 'binance', 'BTC/USDT', [[100, 1e4]], [[100.01, 1e4]]);
  t.quote(at + 10, 'upbit', 'BTC/USDT', [[142_000, 1e4]], [[142_050, 1e4]]);
  t.quote(at + 20, 'upbit', 'BTC/USDT', [[139_990, 1e4]], [[140_000, 1e4]]);
  t.close();
  assert.equal(t.transitions.at(-1)?.pair.state, 'CLOSED');
  return t.transitions;
}
