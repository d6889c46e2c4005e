import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { AlertDesk } from '#adapters/notify/desk.ts';
import { createTelegramNotifier } from '#adapters/notify/telegram.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import { raise } from '#core/alerts/raise.ts';
import type { AlertRow, SendOutcome } from '#core/ports/alerts.ts';
import { type BotApi, startBotApi } from '../../simulator/bot-api.ts';
import { AlertStore, p0, p2 } from '../support/alert-store.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { until } from '../support/until.ts';

const TOKEN = '42:secret-token';
const SECRETS = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: '77', ALERTMANAGER_WEBHOOK_SECRET: 'shared' };

async function withBot(work: (bot: BotApi, directory: string) => Promise<void>): Promise<void> {
  const bot = await startBotApi(TOKEN);
  try {
    await withDirectory((directory) => work(bot, directory));
  } finally {
    await bot.close();
  }
}

function startDesk(store: AlertStore, bot: BotApi, token = TOKEN): { desk: AlertDesk; outcomes: SendOutcome[] } {
  const outcomes: SendOutcome[] = [];
  const desk = new AlertDesk({
    queue: store.queue,
    notifier: createTelegramNotifier(createTelegramApi(token, bot.url), '77'),
    maxPerMinute: 10,
    runbookBase: 'https://example.org/twinleg',
    now: Date.now,
    told: (outcome) => outcomes.push(outcome),
    failed: (error) => assert.fail(String(error)),
    alone: true,
    lookMs: 500,
  });
  void desk.start();
  return { desk, outcomes };
}

function run(bot: BotApi, data: string, ...sets: string[]): Cli {
  const all = [`alerts.telegram.apiRoot=${bot.url}`, 'strategy.minProfitThreshold=0.04', ...sets];
  return new Cli(['run', '--data', data, '--port', '0', ...all.flatMap((set) => ['--set', set])], { env: SECRETS });
}

test('hostile text arrives whole and harmless: marks, control characters, turned direction, 10 kB, halved characters', () =>
  withBot(async (bot, directory) => {
    const store = new AlertStore(join(directory, 'store.sqlite'));
    const { desk } = startDesk(store, bot);
    const hostile = [
      '<b>&amp; </i><script>',
      '*_[x](y)`~',
      '\u0000\u0007\u001b[31m',
      '\u202eevil\u2066',
      '\ud83d',
      'x'.repeat(10_000),
    ];
    store.write(...hostile.map((text, i) => raise('LEG_REJECTED', `h${i}`, Date.now(), text)));
    desk.wake();
    await until('all arrived', () => bot.messages.length === hostile.length);
    await desk.stop();
    assert.ok(
      bot.messages.every(({ html }) => html),
      'all taken as HTML at the first try',
    );
    assert.match(bot.messages[0]!.text, /&lt;b&gt;&amp;amp; &lt;\/i&gt;&lt;script&gt;/);
    for (const { text } of bot.messages) assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\u202e\u2066]/u);
    assert.ok(bot.messages.at(-1)!.text.length < 1500);
    assert.match(bot.messages[0]!.text, /href="https:\/\/example.org\/twinleg\/docs\/RUNBOOK.md#leg-rejected"/);
    store.database.close();
  }));

test('Telegram answers 429, 500, nothing, half, 401: everything arrives, what may be a repetition says so', () =>
  withBot(async (bot, directory) => {
    const store = new AlertStore(join(directory, 'store.sqlite'));
    const { desk, outcomes } = startDesk(store, bot);
    const tell = async (name: string, mode: Parameters<BotApi['mode']>[0]) => {
      const before = outcomes.length;
      bot.mode(mode, 1, 1);
      store.write(p2(name, Date.now()));
      desk.wake();
      await until(`${name} is told`, () => outcomes.slice(before).some(({ kind }) => kind === 'sent'), 20_000);
      return outcomes.slice(before).map(({ kind }) => kind);
    };
    assert.deepEqual(await tell('limit', 'limited'), ['limited', 'sent']);
    assert.deepEqual(await tell('broken', 'broken'), ['failed', 'sent']);
    assert.deepEqual(await tell('half', 'half'), ['unknown', 'sent']);
    assert.deepEqual(await tell('refused', 'refuse'), ['sent'], 'told plainly where marks are refused');
    await desk.stop();
    const texts = bot.messages.map(({ text }) => text);
    assert.equal(texts.filter((text) => text.includes('P2 of half')).length, 2);
    assert.deepEqual(
      texts.filter((text) => text.includes('had this before')).map((text) => /P2 of (\w+)/.exec(text)![1]),
      ['half'],
    );
    const wrong = startDesk(store, bot, '1:wrong');
    store.write(p2('later', Date.now()));
    await until('the wrong token fails', () => wrong.outcomes.length > 0);
    await wrong.desk.stop();
    assert.deepEqual(wrong.outcomes[0], { kind: 'failed', reason: '401: Unauthorized' });
    assert.equal(store.states().waiting, 1);
    store.database.close();
  }));

test('a storm of 10,000: a P0 within 5 s, at most ten messages, all of it in the history', () =>
  withBot(async (bot, directory) => {
    const store = new AlertStore(join(directory, 'store.sqlite'));
    const { desk } = startDesk(store, bot);
    let p0AtMs = 0;
    for (let batch = 0; batch < 50; batch++) {
      store.write(...Array.from({ length: 200 }, (_, i) => p2(`${batch}-${i}`, Date.now())));
      if (batch === 40) {
        p0AtMs = Date.now();
        store.write(p0('storm', p0AtMs));
      }
      desk.wake();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until('the P0 arrives', () => bot.messages.some(({ text }) => text.includes('[P0]')));
    assert.ok(bot.messages.find(({ text }) => text.includes('[P0]'))!.atMs - p0AtMs < 5000);
    await desk.stop();
    assert.ok(bot.calls <= 10, `${bot.calls} messages`);
    const { n } = store.database.db.prepare('SELECT count(*) AS n FROM alert').get()!;
    assert.equal(n, 10_001);
    store.database.close();
  }));

test('a run that is killed while Telegram is down tells everything after its next start, each once', () =>
  withBot(async (bot, data) => {
    bot.mode('broken');
    const first = run(bot, data);
    await first.event('started');
    for (let i = 0; i < 3; i++) assert.equal((await cli('alerts', 'test', '--data', data)).code, 0);
    await first.event('not_told');
    first.child.kill('SIGKILL');
    await first.done;
    bot.mode('ok');
    const second = run(bot, data);
    await until('all are told', () => bot.messages.length >= 4, 40_000);
    assert.equal((await second.stop()).code, 0);
    const titles = bot.messages.map(({ text }) => /\] (.*?)<\/b>/.exec(text)![1]).sort();
    assert.deepEqual(titles, ['The engine crashed', 'This is a trial', 'This is a trial', 'This is a trial']);
    // A 500 is a known failure; the try that the kill broke off is not.
    assert.ok(bot.messages.filter(({ text }) => text.includes('had this before')).length <= 1);
    const rows = (await cli('alerts', '--data', data, '--json')).json<AlertRow[]>();
    assert.ok(rows.every(({ deliveredAtMs }) => deliveredAtMs !== null));
    const log = [...first.log, ...second.log].map((line) => JSON.stringify(line)).join('\n');
    assert.ok(!log.includes('secret-token'), 'the token is in no log');
  }));

test('what is told at a start: a configuration that is hardly meant; and a text that Telegram takes in no form', () =>
  withBot(async (bot, data) => {
    const trading = run(bot, data, 'strategy.maxPositionSizeUsdt=5000');
    await trading.event('started');
    await until('CONFIG_WARNING is told', () => bot.messages.length === 1, 30_000);
    assert.match(bot.messages[0]!.text, /The configuration is unlikely to be meant.*maxPositionSizeUsdt/s);
    // As HTML, and without marks.
    bot.mode('refuse', 2);
    assert.equal((await cli('alerts', 'test', '--data', data)).code, 0);
    await until('MESSAGE_REFUSED is told', () => bot.messages.length === 2, 30_000);
    assert.match(bot.messages[1]!.text, /A message was refused for good.*TEST_ALERT/s);
    assert.equal((await trading.stop()).code, 0);
    const rows = (await cli('alerts', '--data', data, '--json')).json<AlertRow[]>();
    assert.deepEqual(
      rows.map(({ code, deliveredAtMs }) => [code, deliveredAtMs !== null]),
      [
        ['MESSAGE_REFUSED', true],
        ['TEST_ALERT', false],
        ['CONFIG_WARNING', true],
      ],
    );
  }));

test('Alertmanager’s webhook: signed is told and resolved, unsigned, forged and malformed are refused, counted and told of', () =>
  withBot(async (bot, data) => {
    const trading = run(bot, data);
    const { url } = (await trading.event('started')) as unknown as { url: string };
    const post = (body: unknown, authorization?: string) =>
      fetch(`${url}/alertmanager`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });
    const told = (status: string, alertname = 'SERIES_GONE') => ({
      version: '4',
      alerts: [
        {
          status,
          labels: { alertname, severity: 'P1' },
          annotations: { description: 'no <series>' },
          fingerprint: 'f',
        },
      ],
    });
    assert.equal((await post(told('firing'))).status, 401);
    assert.equal((await post(told('firing'), 'Bearer wrong')).status, 401);
    assert.equal((await post('{', 'Bearer shared')).status, 400);
    assert.equal((await fetch(`${url}/alertmanager`)).status, 405);
    assert.equal((await post(told('firing'), 'Bearer shared')).status, 200);
    assert.equal((await post(told('firing'), 'Bearer shared')).status, 200);
    assert.equal((await post(told('resolved'), 'Bearer shared')).status, 200);
    assert.equal((await post(told('firing', 'Disk<full>'), 'Bearer shared')).status, 200);
    // Its own refusal is open: the same told of this very run is no news, told of another run it is.
    const refusedBy = (instance: string) => ({
      version: '4',
      alerts: [{ status: 'firing', labels: { alertname: 'WEBHOOK_REFUSED', instance }, annotations: {} }],
    });
    assert.equal((await post(refusedBy(`localhost:${new URL(url).port}`), 'Bearer shared')).status, 200);
    assert.equal((await post(refusedBy('localhost:1'), 'Bearer shared')).status, 200);
    await until('all are told', () => bot.messages.length >= 5);
    assert.equal(bot.messages.filter(({ text }) => text.includes('(localhost:1)')).length, 1);
    const long = await post('x'.repeat(2_000_000), 'Bearer shared').catch(() => ({ status: 413 }));
    assert.equal(long.status, 413);
    assert.equal((await trading.stop()).code, 0);
    const heads = bot.messages.map(({ text }) => text.split('\n')[0]);
    assert.deepEqual(heads.sort(), [
      '<b>✅ [P1] A run is no longer seen (over)</b>',
      '<b>🔴 [P1] A run is no longer seen</b>',
      '<b>🟠 [P2] A forged or faulty webhook was refused</b>',
      '<b>🟠 [P2] A forged or faulty webhook was refused</b>',
      '<b>🟠 [P2] Alertmanager tells of an alert of its own</b>',
    ]);
  }));
