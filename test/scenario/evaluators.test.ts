import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveEvaluators } from '../support/proofs/evaluators.ts';

for (const symbols of [2, 12]) {
  test(`10 evaluators at once on ${symbols} symbols: the cap holds, each position once`, async () => {
    const { positions, refused } = await proveEvaluators({ threads: 8, processes: 2, symbols, rounds: 12 });
    assert.ok(positions > 10 && refused > 0, `${positions} positions, ${refused} refused`);
  });
}

test('10 evaluators at once: the minute takes its number of entries over all symbols, and not one more', async () => {
  const options = { threads: 8, processes: 2, symbols: 12, rounds: 12, maxEntriesPerMinute: 7 };
  const { positions, refused } = await proveEvaluators(options);
  assert.equal(positions, 7);
  assert.ok(refused > 0);
});
