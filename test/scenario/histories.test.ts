import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveHistories } from '../support/proofs/histories.ts';

test('random histories of faults, commands and crashes: nothing is doubled, lost or left on one leg; the ledger is the model’s', () => {
  const { trades, crashes, unwound } = proveHistories(100, 700, 20_261_124);
  assert.ok(trades > 200 && crashes > 60 && unwound > 10, `${trades} trades, ${crashes} crashes, ${unwound} unwound`);
});
