import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMULATORS, missingEmulator } from '../support/emulators/emulators.ts';

for (const name of ['ministack', 'dynamodb-local'] as const) {
  const missing = missingEmulator(name);
  test(`${name} starts on a free loopback port and stops${missing === undefined ? '' : ` (${missing})`}`, {
    skip: missing !== undefined,
  }, async () => {
    const emulator = await EMULATORS[name].start();
    assert.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await emulator.stop();
    await assert.rejects(fetch(emulator.url));
  });
}
