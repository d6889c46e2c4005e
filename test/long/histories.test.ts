import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveHistories } from '../support/proofs/histories.ts';

test('10,000 random histories against the model', (t) => {
  const result = proveHistories(10_000, 500, 1);
  t.diagnostic(JSON.stringify(result));
  assert.ok(result.trades > 10_000 && result.crashes > 10_000 && result.unwound > 500, JSON.stringify(result));
});
