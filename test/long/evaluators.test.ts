import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveEvaluators } from '../support/proofs/evaluators.ts';

for (const symbols of [1, 10, 100]) {
  test(`100 evaluators at once on ${symbols} symbols: the cap holds to the cent, each position once`, async (t) => {
    const result = await proveEvaluators({ threads: 84, processes: 16, symbols, rounds: 30 });
    assert.ok(result.positions > 100);
    t.diagnostic(JSON.stringify(result));
  });
}
