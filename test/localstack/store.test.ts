import { after, before } from 'node:test';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { freshTable } from '../support/cloud-store.ts';
import { storeContract } from '../support/contract/store.ts';
import type { Emulator } from '../support/emulators/emulators.ts';
import { startLocalStack } from '../support/emulators/localstack.ts';

const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };
let emulator: Emulator;
before(async () => {
  emulator = await startLocalStack();
  // Its DynamoDB starts with the first request.
  const client = new DynamoDBClient({ endpoint: emulator.url, region: emulator.env.AWS_REGION!, credentials: KEYS });
  await client.send(new ListTablesCommand());
  client.destroy();
});
after(() => emulator.stop());

storeContract('dynamodb on LocalStack', async () => {
  const { open } = await freshTable(emulator);
  return { store: open(), reopen: async () => open() };
});
