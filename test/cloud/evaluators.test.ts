import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshTable } from '../support/cloud-store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { injectConflicts } from '../support/faults.ts';
import { proveCloudEvaluators } from '../support/proofs/cloud-evaluators.ts';

for (const name of ['ministack', 'dynamodb-local'] as const) {
  const missing = missingEmulator(name);
  if (missing !== undefined) {
    test(`100 evaluators at once on ${name} (${missing})`, { skip: true });
    continue;
  }
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS[name].start();
  });
  after(() => emulator.stop());

  test(`100 evaluators at once on ${name}: the cap holds to the cent, each position once`, async (t) => {
    const { open, client } = await freshTable(emulator);
    const shared = client();
    const result = await proveCloudEvaluators(() => open(shared), { evaluators: 100, symbols: 12, rounds: 3 });
    t.diagnostic(JSON.stringify(result));
    assert.ok(result.opened >= 3, `${result.opened} opened`);
    assert.ok(result.largestUsdt > 0 && Object.keys(result.refused).length > 0);
  });
  test(`60 evaluators at once on ${name}, whose transactions cancel each other as on AWS: the same`, async (t) => {
    const { open, client } = await freshTable(emulator);
    const shared = client();
    const counted = injectConflicts(shared);
    const result = await proveCloudEvaluators(() => open(shared), { evaluators: 60, symbols: 12, rounds: 2 });
    t.diagnostic(JSON.stringify({ ...result, ...counted }));
    assert.ok(result.opened > 0 && counted.conflicts > 0);
  });
}
