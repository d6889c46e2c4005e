import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { raise } from '#core/alerts/raise.ts';
import type { AlertRow } from '#core/ports/alerts.ts';
import type { CommandRow } from '#core/ports/operator.ts';
import { type BotApi, startBotApi } from '../../simulator/bot-api.ts';
import { withDirectory } from '../support/cli.ts';
import { describeHybrid } from '../support/cloud/describe-hybrid.ts';
import { tcpDoor } from '../support/tcp-door.ts';
import { until } from '../support/until.ts';

const TOKEN = '42:secret-token';
const CHAT = '77';

describeHybrid('alerts of one process with its state in the table', (world) => {
  let bot: BotApi;
  before(async () => {
    bot = await startBotApi(TOKEN);
  });
  after(() => bot.close());

  const told = (what: RegExp) => bot.messages.filter(({ text }) => what.test(text)).length;

  test('list, test, silence, the operator and the run speak of the same ones; what a run left is told by the next', () =>
    withDirectory(async (folder) => {
      const stage = await world.open();
      stage.secrets = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: CHAT };
      const target = { table: `twinleg-${stage.name}`, region: 'ap-northeast-2' };
      const access = createTableAccess(stage.client(), target);
      const { queue } = openTableAlerts(access, { mode: 'paper', source: 'real' }, 90);
      const bots = ['--set', `alerts.telegram.apiRoot=${bot.url}`];
      const trial = () => stage.ask<AlertRow[]>('hybrid', 'alerts', 'test');
      const list = (wiring: string) => stage.ask<AlertRow[]>(wiring, 'alerts', 'list');

      const run = stage.run(join(folder, 'a'), ...bots);
      await run.event('started');
      await trial();
      await until('the trial is told', () => told(/asked for on the command line/) === 1, 30_000);
      await until('it is told in the history', async () => (await list('hybrid'))[0]!.deliveredAtMs !== null);

      await stage.ask('hybrid', 'alerts', 'silence', 'TEST_ALERT', '3600');
      const [silenced] = await trial();
      const isEmpty = async () => (await queue.oldestAtMs()) === null;
      await until('the run has looked at it', isEmpty, 30_000);
      const after = (await list('hybrid')).find(({ id }) => id === silenced!.id);
      assert.deepEqual([after!.deliveredAtMs, told(/asked for on the command line/)], [null, 1]);
      assert.deepEqual(await list('cloud'), await list('hybrid'));

      bot.say(CHAT, '/alerts');
      await until('the operator is answered', () => told(/open[\s\S]*This is a trial/) === 1, 30_000);
      const [command] = await stage.ask<CommandRow[]>('hybrid', 'alerts', 'commands');
      assert.equal(command?.text, '/alerts');
      // A store's write that nobody takes on any more: the run dies.
      assert.equal((await run.stop('SIGKILL')).code, null);
      await stage.store().record([], [raise('LEG_REJECTED', 'left', Date.now(), 'raised by who died')]);

      const next = stage.run(join(folder, 'b'), ...bots);
      await next.event('started');
      await until(
        'both are told',
        () => told(/raised by who died/) === 1 && told(/ended without a stop/) === 1,
        30_000,
      );
      assert.equal((await next.stop()).code, 0);
      const rows = await list('cloud');
      assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
      const codes = rows.map(({ code }) => code);
      for (const code of ['TEST_ALERT', 'LEG_REJECTED', 'ENGINE_CRASHED']) assert.ok(codes.includes(code), code);
      assert.ok(!codes.includes('ERROR_LOGGED'), JSON.stringify(rows));
      assert.deepEqual(readdirSync(folder), [], 'nothing is kept here');
    }));

  test('a table that is away is told of past it, once, and is in the history afterwards with when it was told', () =>
    withDirectory(async (folder) => {
      const stage = await world.open();
      const door = await tcpDoor(world.emulator.url);
      stage.endpoint = door.url;
      stage.secrets = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: CHAT };
      try {
        const run = stage.run(join(folder, 'c'), '--set', `alerts.telegram.apiRoot=${bot.url}`);
        await run.event('started');
        await stage.closes(run, 1);
        const before = bot.messages.length;
        door.shut();
        await until('it is told', () => bot.messages.length > before, 60_000);
        door.open();
        const list = () => stage.ask<AlertRow[]>('hybrid', 'alerts', 'list');
        await until(
          'it is in the history',
          async () => (await list()).some(({ code }) => code === 'STORE_LOST'),
          60_000,
        );
        const row = (await list()).find(({ code }) => code === 'STORE_LOST');
        assert.notEqual(row!.deliveredAtMs, null);
        assert.equal((await run.stop()).code, 0);
        const heads = bot.messages.slice(before).map(({ text }) => text.split('\n')[0]!);
        assert.deepEqual(
          heads.filter((head) => head.includes('The store is lost') && !head.includes('over')),
          ['<b>🚨 [P0] The store is lost</b>'],
        );
      } finally {
        await door.close();
      }
    }));
});
