import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { createPublications } from '#adapters/store/dynamodb/records.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { Cli } from '../support/cli.ts';
import { freshTable } from '../support/cloud-store.ts';
import { contentOf } from '../support/contract/snapshot.ts';
import { positionSteps, request } from '../support/contract/store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { snapshotTable } from '../support/snapshot-table.ts';
import { until } from '../support/until.ts';

const missing = missingEmulator('ministack');

describe(`commands on the deployed state${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-cloud-cli-'));
  let emulator: Emulator;
  let stage = '';
  let fresh: Awaited<ReturnType<typeof freshTable>>;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    fresh = await freshTable(emulator);
    stage = fresh.table.replace('twinleg-', '');
    const store = fresh.open();
    const database = openDatabase(join(folder, 'twinleg.sqlite'), { mode: 'paper', source: 'simulator' }, false);
    const local = createSqliteStore(database);
    const seeds = [{ venue: 'binance', asset: 'USDT', quantity: '5000', valueUsdt: '5000' }] as const;
    await store.seedBalances(seeds);
    local.seedBalances(seeds);
    for (let i = 0; i < positionSteps; i++) {
      assert.equal((await store.commit(request(i))).ok, true);
      assert.equal(local.commit(request(i)).ok, true);
    }
    database.close();
  });
  after(async () => {
    await emulator.stop();
    rmSync(folder, { recursive: true });
  });

  const twinleg = (args: string[], options = {}) => new Cli(args, options).done;
  const cloud = (...args: string[]) =>
    twinleg([...args, '--wiring', 'cloud', '--set', `cloud.stage=${stage}`, '--json'], { env: { ...emulator.env } });
  const local = (...args: string[]) => twinleg([...args, '--data', folder, '--json']);

  for (const command of ['trades', 'positions', 'balances', 'kpi', 'why BTC']) {
    test(`${command} tells what the same commits tell in the embedded wiring`, async () => {
      const [there, here] = await Promise.all([cloud(...command.split(' ')), local(...command.split(' '))]);
      assert.equal(there.code, 0, there.stderr);
      assert.deepEqual(JSON.parse(there.stdout), JSON.parse(here.stdout));
    });
  }

  for (const command of ['reset --yes']) {
    test(`${command} does not answer for another store than the one that was meant`, async () => {
      const [name = '', action = ''] = command.split(' ');
      const { code, stderr } = await cloud(name, ...(action ? [action] : []));
      assert.equal(code, 2, stderr);
      assert.match(stderr, /deployed table[\s\S]*nothing was read or changed/);
    });
  }

  test('a snapshot of the table is saved, verified, and restored into another stage, even after kill -9', async () => {
    const file = join(folder, 'table.snapshot');
    const saved = await cloud('snapshot', 'save', file);
    assert.equal(saved.code, 0, saved.stderr);
    const { sha256, symbols } = JSON.parse(saved.stdout);
    assert.equal(symbols, 1);
    const [over, verified, full] = await Promise.all([
      cloud('snapshot', 'save', file),
      cloud('snapshot', 'verify', file),
      cloud('snapshot', 'restore', file),
    ]);
    assert.equal(over.code, 2, 'it may be the only copy');
    assert.deepEqual([verified.code, JSON.parse(verified.stdout).sha256], [0, sha256]);
    assert.equal(full.code, 1, 'something was traded there');

    const other = await snapshotTable(emulator);
    const there = ['--wiring', 'cloud', '--set', `cloud.stage=${other.table.replace('twinleg-', '')}`, '--json'];
    const killed = new Cli(['snapshot', 'restore', file, ...there], { env: { ...emulator.env } });
    await until('it has begun', async () => (await other.open().control()).version > 0, 60_000);
    killed.child.kill('SIGKILL');
    await killed.done;
    const again = await twinleg(['snapshot', 'restore', file, ...there], { env: { ...emulator.env } });
    assert.equal(again.code, 0, again.stderr);
    const copy = join(folder, 'copy.snapshot');
    await other.save(copy);
    for (const table of ['position', 'fill', 'symbol_state', 'balance', 'exposure', 'decision', 'kpi']) {
      assert.deepEqual(contentOf(copy)[table], contentOf(file)[table], table);
    }
    const audit = await twinleg(['doctor', '--store', ...there], { env: { ...emulator.env } });
    assert.equal(audit.code, 0, audit.stdout);
  });

  test('the operator’s word reaches the table, and status tells it', async () => {
    assert.equal(JSON.parse((await cloud('halt', '--reason', 'test')).stdout).tradingState, 'HALTED');
    assert.equal((await fresh.open().control()).reason, 'test');
    const status = JSON.parse((await cloud('status')).stdout);
    assert.deepEqual([status.running, status.tradingState, status.trades], [false, 'HALTED', 1]);
    const owner = { mode: 'paper', source: 'simulator' };
    const access = createTableAccess(fresh.client(), { table: fresh.table, region: 'ap-northeast-2' });
    await createPublications(access, owner).publishStatus({ ...status, running: true }, Date.now(), 60_000);
    assert.equal(JSON.parse((await cloud('status')).stdout).running, true);
    assert.equal(JSON.parse((await cloud('resume')).stdout).tradingState, 'ACTIVE');
  });

  test('a stage without a table, wrong and missing credentials are told with their remedies; no secret is shown', async () => {
    const gone = await twinleg(['trades', '--wiring', 'cloud', '--set', 'cloud.stage=nobody'], {
      env: { ...emulator.env },
    });
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /there is no table twinleg-nobody in ap-northeast-2/);
    const none = await twinleg(['trades', '--wiring', 'cloud', '--set', `cloud.stage=${stage}`], {
      env: {
        AWS_ENDPOINT_URL: emulator.url,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
        AWS_CONFIG_FILE: join(folder, 'none'),
      },
    });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /does not accept the credentials/);
    assert.match(none.stderr, /AWS_ACCESS_KEY_ID/);
  });
});
