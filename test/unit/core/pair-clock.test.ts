import assert from 'node:assert/strict';
import { test } from 'node:test';
import { step } from '#core/engine/step.ts';
import { sendEntry } from '#core/execution/pair.ts';
import type { TestMachine } from '../../support/machine.ts';
import { BTC, deep, quoted, T0 } from '../guards/cases.ts';

/** A pair whose orders are out since T0 + 10. */
function entering(): TestMachine {
  return quoted({ raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 100 } } });
}

test('entry orders leave up to entryExpiresMs after the decision, and only while trading is active', () => {
  const t = entering();
  const planned = t.transitions[0]!.pair;
  assert.equal(planned.state, 'PLANNED');
  const { entryExpiresMs } = t.machine.engine.settings.execution;
  assert.equal(entryExpiresMs, 1000);
  const send = (afterMs: number, mayTrade = true) =>
    sendEntry(planned, planned.decidedAtMs + afterMs, entryExpiresMs, mayTrade);
  assert.equal(send(1000).state, 'LEGS_SENT');
  assert.deepEqual([send(1001).state, send(1001).pending], ['EXPIRED', []]);
  assert.deepEqual([send(0, false).state, send(0, false).pending], ['EXPIRED', []]);
  t.close();
});

test('an order that nobody answers is asked for after five seconds, and not resent', () => {
  const t = entering();
  const [state] = t.machine.engine.states;
  const second = (atMs: number) => step(state!, { kind: 'second', atMs }, t.machine.engine.world);
  assert.equal(second(T0 + 10 + 5000), null);
  const asked = second(T0 + 10 + 5001);
  assert.ok(asked?.kind === 'query');
  assert.deepEqual(
    asked.query.map(({ id }) => id),
    state!.pair!.pending.map(({ id }) => id),
  );
  t.close();
});

test('an unwind that fills nothing is tried again by the next tick, and not before', () => {
  const t = entering();
  const pair = () => t.machine.engine.states[0]!.pair!;
  // The sale on Upbit finds no price, and unwinding on Binance is the better way.
  t.quote(T0 + 50, 'upbit', BTC, [[139_000, deep]], [[139_050, deep]]);
  t.machine.advanceTo(T0 + 110);
  assert.deepEqual([pair().state, pair().pending[0]?.purpose], ['UNWINDING', 'unwind']);
  // Binance falls below the unwind's limit before it arrives.
  t.quote(T0 + 150, 'binance', BTC, [[90, deep]], [[90.01, deep]]);
  t.machine.advanceTo(T0 + 240);
  assert.deepEqual([pair().state, pair().pending], ['UNWINDING', []]);
  t.quote(T0 + 250, 'upbit', BTC, [[120_000, deep]], [[120_050, deep]]);
  assert.equal(pair().pending[0]?.purpose, 'unwind');
  t.machine.advanceTo(T0 + 350);
  assert.equal(t.transitions.at(-1)?.pair.state, 'UNWOUND');
  t.close();
});
