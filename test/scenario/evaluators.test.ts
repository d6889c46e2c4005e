import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveEvaluators } from '../support/proofs/evaluators.ts';

for (const symbols of [2, 12]) {
  test(`10 evaluators at once on ${symbols} symbols: the cap holds, each position once`, async () => {
    const { positions, refused } = await proveEvaluators({ threads: 8, processes: 2, symbols, rounds: 12 });
    assert.ok(positions > 10 && refused > 0, `${positions} positions, ${refused} refused`);
  });
}
