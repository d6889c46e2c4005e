import { after, before, test } from 'node:test';
import { freshTable } from '../support/cloud-store.ts';
import { cloudStoreContract } from '../support/contract/cloud-store.ts';
import { storeContract } from '../support/contract/store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

for (const name of ['dynamodb-local', 'ministack'] as const) {
  const missing = missingEmulator(name);
  if (missing !== undefined) {
    test(`store: dynamodb on ${name} (${missing})`, { skip: true });
    continue;
  }
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS[name].start();
  });
  after(() => emulator.stop());
  storeContract(`dynamodb on ${name}`, async () => {
    const { open } = await freshTable(emulator);
    return { store: open(), reopen: async () => open() };
  });
  cloudStoreContract(`dynamodb on ${name}`, async () => {
    const { open } = await freshTable(emulator);
    return { store: open(), other: open() };
  });
}
