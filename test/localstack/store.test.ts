import { after, before } from 'node:test';
import { freshTable } from '../support/cloud-store.ts';
import { storeContract } from '../support/contract/store.ts';
import type { Emulator } from '../support/emulators/emulators.ts';
import { startLocalStack } from '../support/emulators/localstack.ts';

let emulator: Emulator;
before(async () => {
  emulator = await startLocalStack();
});
after(() => emulator.stop());

storeContract('dynamodb on LocalStack', async () => {
  const { open } = await freshTable(emulator);
  return { store: open(), reopen: async () => open() };
});
