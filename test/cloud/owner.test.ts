import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { createDynamoClient } from '#adapters/store/dynamodb/client.ts';
import { claimTable, findOwner, requireOwner } from '#adapters/store/dynamodb/owner.ts';
import { createTable } from '#adapters/store/dynamodb/table.ts';
import { freshTable } from '../support/cloud-store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const missing = missingEmulator('ministack');

describe(`whose table it is${missing === undefined ? '' : ` (${missing})`}`, { skip: missing !== undefined }, () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
  });
  after(() => emulator.stop());

  test('the first run claims it, another mode or source is refused with the remedy', async () => {
    const { table, client } = await freshTable(emulator);
    const access = createTableAccess(client(), { table, region: 'ap-northeast-2' });
    const paper = { mode: 'paper', source: 'simulator' };
    await claimTable(access, paper);
    assert.deepEqual(await findOwner(access), { ...paper, restores: 0 });
    await assert.rejects(claimTable(access, { mode: 'paper', source: 'real' }), {
      code: 'STORE_FOREIGN',
      remedy: 'use another stage with cloud.stage, or run with mode paper, source simulator',
    });
  });

  test('a table that is not there, or holds nothing, is told apart', async () => {
    const target = { table: 'twinleg-nobody', region: 'ap-northeast-2', endpoint: emulator.url };
    Object.assign(process.env, emulator.env);
    const access = createTableAccess(createDynamoClient(target), target);
    await assert.rejects(requireOwner(access), { code: 'STORE_MISSING', message: /^there is no table/ });
    await createTable(access.client, target.table);
    await assert.rejects(requireOwner(access), { code: 'STORE_MISSING', message: /holds no store yet/ });
    assert.equal(await findOwner(access), null);
  });
});
