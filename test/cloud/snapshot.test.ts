import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { unpackSnapshot, verifySnapshot } from '#adapters/store/snapshot/restore.ts';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { createOperatorLog } from '#adapters/store/sqlite/operator-log.ts';
import { readSilences } from '#adapters/store/sqlite/silences.ts';
import { TwinlegError } from '#core/errors.ts';
import { contentOf, filledSnapshot, refused, snapshotContract } from '../support/contract/snapshot.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { entriesOn, tradeRoundTrips } from '../support/round-trips.ts';
import { snapshotTable } from '../support/snapshot-table.ts';
import { until } from '../support/until.ts';

for (const name of ['ministack', 'dynamodb-local'] as const) {
  const missing = missingEmulator(name);
  describe(`snapshots of a table on ${name}${missing === undefined ? '' : ` (${missing})`}`, {
    skip: missing !== undefined,
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'twinleg-table-snapshots-'));
    let emulator: Emulator;
    before(async () => {
      emulator = await EMULATORS[name].start();
    });
    after(async () => {
      await emulator.stop();
      rmSync(folder, { recursive: true });
    });
    const fresh = () => snapshotTable(emulator);

    snapshotContract(`a table on ${name}`, fresh, name === 'ministack' ? 6 : 2);

    test('one taken while others trade is of one moment: all that it holds adds up', async (t) => {
      const table = await fresh();
      const trading = tradeRoundTrips(table.open(), 4);
      const tried = { saved: 0, open: 0, trades: 0 };
      t.after(() => trading.stop());
      await trading.hasTraded;
      for (let i = 0; i < 8; i++) {
        const file = join(folder, `beside-${name}-${i}`);
        await table.save(file);
        verifySnapshot(file);
        const { position = [] } = contentOf(file);
        const states = position.map((row) => (row as { state: string }).state);
        tried.saved++;
        tried.trades = states.filter((state) => state === 'CLOSED').length;
        tried.open += states.length - tried.trades;
      }
      assert.ok(tried.trades > 0 && tried.open > 0, JSON.stringify(tried));
      t.diagnostic(JSON.stringify(tried));
    });

    test('alerts that had ended are listed as ended', async () => {
      const table = await fresh();
      await table.restore(filledSnapshot(folder).file);
      const { book } = openTableAlerts(table.access, { mode: 'paper', source: 'simulator' }, 36_500);
      const disk = (await book.list(100)).filter(({ code }) => code === 'DISK_FULL');
      assert.deepEqual(
        disk.map(({ atMs, resolvedAtMs }) => (resolvedAtMs === null ? null : resolvedAtMs - atMs)),
        [null, 5],
      );
    });

    test('silences, commands and their questions are whole again in another table and in a local store', async () => {
      const alertsOf = ({ access }: Awaited<ReturnType<typeof fresh>>) =>
        openTableAlerts(access, { mode: 'paper', source: 'simulator' }, 36_500);
      const table = await fresh();
      const { book, commands } = alertsOf(table);
      const nowMs = Date.now();
      const silences = await book.silence('DISK_FULL', nowMs + 1e6, nowMs);
      const asked = { atMs: nowMs, chat: '7', sender: '@a (7)', text: '/halt' };
      await commands.begin({ ...asked, id: '1' });
      await commands.end('1', 'answered');
      await commands.begin({ ...asked, id: '2' });
      const state = await commands.state((before) => ({ ...before, offset: 3 }));
      const file = join(folder, `silenced-${name}`);
      await table.save(file);

      const second = await fresh();
      await second.restore(file);
      const there = alertsOf(second);
      unpackSnapshot(file, `${file}.sqlite`);
      const restored = openExisting(`${file}.sqlite`);
      const here = createOperatorLog(restored);
      for (const log of [there.commands, here]) {
        assert.deepEqual(await log.list(9), await commands.list(9));
        assert.deepEqual(await log.state(() => null), state);
        assert.deepEqual(
          [await log.begin({ ...asked, id: '1' }), await log.begin({ ...asked, id: '2' })],
          ['ended', 'again'],
        );
      }
      assert.deepEqual(readSilences(restored, nowMs), silences);
      restored.close();
      assert.deepEqual(await there.book.silence('DISK_FULL', 0, nowMs), {}, 'and can be changed');
      assert.equal((await there.commands.state((before) => ({ ...before, offset: 4 }))).version, state.version + 1);
    });

    test('more than one transaction reads is saved as well', async () => {
      const table = await fresh();
      const assets = Array.from({ length: 60 }, (_, i) => `A${i}`);
      const first = { quantity: '1', valueUsdt: '1' };
      const seeds = assets.flatMap((asset) =>
        (['binance', 'upbit'] as const).map((venue) => ({ venue, asset, ...first })),
      );
      await table.open().seedBalances(seeds);
      const file = join(folder, `many-${name}`);
      await table.save(file);
      assert.equal(contentOf(file).balance?.length, seeds.length);
    });

    test('nobody enters and no operator speaks while one is restored; then whoever led leads anew', async (t) => {
      const table = await fresh();
      const store = table.open();
      const lease = await store.lease.take('gateway', null);
      assert.ok(lease);
      const words: unknown[] = [];
      const { file } = filledSnapshot(folder, 2500, 21);
      const restoring = table.restore(file);
      await until('nobody may enter', async () => (await store.control()).tradingState === 'HALTED');
      const entries = entriesOn(table.open(), 4);
      t.after(() => entries.stop());
      let done = false;
      const speaking = (async () => {
        while (!done) {
          const word = { tradingState: 'ACTIVE', reason: 'eager', flatten: false, atMs: 1 } as const;
          words.push(await store.changeControl(word).catch((error: TwinlegError) => error.code));
        }
      })();
      await restoring.finally(() => {
        done = true;
      });
      await Promise.all([speaking, entries.stop()]);
      assert.deepEqual(entries.committed, [], 'the control that they saw is not the one that is');
      assert.ok(words.includes('RESTORE_UNFINISHED'));
      const target = join(folder, `mixed-${name}`);
      await table.save(target);
      verifySnapshot(target);
      for (const part of ['position', 'fill', 'symbol_state', 'exposure', 'balance'])
        assert.deepEqual(contentOf(target)[part], contentOf(file)[part], part);
      assert.equal(await store.lease.renew(lease), null);
      const next = await store.lease.take('gateway', await store.lease.read());
      const newest = Math.max(...(await table.load()).symbols.map(({ epoch }) => epoch));
      assert.ok(next!.epoch > newest && (await store.readInterest([])).epochs.gateway === next!.epoch);
    });
  });
}

const missing = missingEmulator('ministack');
describe(`restores that are broken off${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-broken-restores-'));
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
  });
  after(async () => {
    await emulator.stop();
    rmSync(folder, { recursive: true });
  });

  test('killed before or after any of its requests, it is gone on with from the same file, and from no other', async (t) => {
    const { file } = filledSnapshot(folder, 700, 3);
    const { file: other } = filledSnapshot(folder, 300, 4);
    const whole = contentOf(file);
    let points = 0;
    for (let kill = 1, isDone = false; !isDone; kill += 3) {
      const table = await snapshotTable(emulator);
      const dying = table.client();
      let sent = 0;
      const after = kill % 2 === 0;
      dying.middlewareStack.add(
        (next) => async (args) => {
          sent++;
          const dead = new TwinlegError('KILLED', 'killed', 'none');
          if (sent > Math.ceil(kill / 2) || (sent === Math.ceil(kill / 2) && !after)) throw dead;
          const answer = await next(args);
          if (sent === Math.ceil(kill / 2)) throw dead;
          return answer;
        },
        { step: 'initialize' },
      );
      isDone = await table.restoreBy(dying, file).then(
        () => true,
        (error) => {
          assert.equal(error.code, 'KILLED');
          return false;
        },
      );
      dying.destroy();
      const { control } = await table.open().readInterest([]);
      if (control.reason === 'a snapshot is being restored') {
        await assert.rejects(table.restore(other), refused('RESTORE_UNFINISHED'));
      }
      await table.restore(file);
      const target = join(folder, `killed-${kill}`);
      await table.save(target);
      assert.deepEqual(contentOf(target), whole, `killed at ${kill}`);
      points++;
    }
    t.diagnostic(`${points} points`);
  });
});
