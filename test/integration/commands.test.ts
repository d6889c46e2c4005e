import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { raise } from '#core/alerts/raise.ts';
import { COMMAND_NAMES } from '#core/operator/commands.ts';
import type { CommandRow } from '#core/ports/operator.ts';
import { type BotApi, startBotApi } from '../../simulator/bot-api.ts';
import { AlertStore } from '../support/alert-store.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { Operator } from '../support/operator.ts';
import { until } from '../support/until.ts';

const TOKEN = '42:secret-token';
const CHAT = '77';

interface Stage {
  readonly api: BotApi;
  readonly store: AlertStore;
  readonly operator: Operator;
  /** Says something, and waits until it was answered. */
  say(text: string, chat?: string): Promise<string>;
  press(data: string, messageId?: number, chat?: string): Promise<void>;
  state(): string;
}

test('the webhook of a stage is told to Telegram, shown and ended, and no secret is said', async () => {
  const api = await startBotApi(TOKEN);
  const url = 'https://commands.example/';
  const secrets = {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_CHAT_ID: CHAT,
    TELEGRAM_WEBHOOK_SECRET: 'hook-secret',
    ALERTMANAGER_WEBHOOK_SECRET: 'shared',
  };
  const webhook = (args: string[], env: NodeJS.ProcessEnv = secrets) =>
    new Cli(
      ['alerts', 'webhook', ...args, '--wiring', 'cloud', '--set', `alerts.telegram.apiRoot=${api.url}`, '--json'],
      { env },
    ).done;
  try {
    const set = await webhook([url]);
    assert.deepEqual(set.json(), { url, pending: 0, lastError: null }, set.stderr);
    assert.deepEqual(api.webhook, {
      url,
      secret_token: 'hook-secret',
      max_connections: 2,
      allowed_updates: ['message', 'callback_query'],
    });
    assert.equal((await webhook([])).json<{ url: string }>().url, url);
    assert.equal((await webhook(['off'])).json<{ url: string | null }>().url, null);
    const insecure = await webhook(['http://commands.example/']);
    assert.equal(insecure.code, 2);
    const refused = await webhook([url], { ...secrets, TELEGRAM_BOT_TOKEN: '42:other-token' });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /401 Unauthorized/);
    for (const { stdout, stderr } of [set, insecure, refused])
      assert.doesNotMatch(stdout + stderr, /secret-token|other-token|hook-secret/);
    assert.equal((await cli('alerts', 'webhook', url, '--wiring', 'embedded')).code, 2);
  } finally {
    await api.close();
  }
});

async function withOperator(work: (stage: Stage) => Promise<void>): Promise<void> {
  const api = await startBotApi(TOKEN);
  const store = new AlertStore();
  const operator = new Operator(store, api, TOKEN, [CHAT, '-5']);
  operator.start();
  const handled = async (act: () => void) => {
    const before = operator.results.length;
    act();
    await until('it is handled', () => operator.results.length > before);
  };
  try {
    await work({
      api,
      store,
      operator,
      async say(text, chat = CHAT) {
        await handled(() => api.say(chat, text));
        return api.messages.at(-1)?.text ?? '';
      },
      press: (data, messageId, chat = CHAT) => handled(() => api.press(chat, data, messageId)),
      state: () => createSqliteStore(store.database).control().tradingState,
    });
    assert.deepEqual(operator.errors, []);
  } finally {
    await operator.stop();
    await api.close();
    store.database.close();
  }
}

const okOf = (api: BotApi) => api.messages.at(-1)!.buttons.find((data) => data.startsWith('ok'))!;

test('a dangerous command asks first, once, in its own message, for a minute', () =>
  withOperator(async ({ api, operator, say, press, state }) => {
    assert.match(await say('/halt'), /^<b>\/halt\?<\/b>\n.*stay open/);
    assert.equal(state(), 'ACTIVE');
    const asked = api.messages.length;
    const halt = okOf(api);
    await press(halt, asked + 1);
    await press(halt, asked, '-5');
    await press('ok question-none', asked);
    assert.equal(state(), 'ACTIVE', 'not from another message, another chat, or by a guess');
    await press(halt);
    assert.equal(state(), 'HALTED');
    assert.match(api.messages.at(-1)!.text, /HALTED[\s\S]*@operator \(77\)/);
    await say('/pause');
    assert.equal(state(), 'REDUCE_ONLY');
    await press(halt);
    assert.equal(state(), 'REDUCE_ONLY', 'a press counts once');
    await say('/resume');
    operator.laterMs = 61_000;
    await press(okOf(api));
    assert.equal(state(), 'REDUCE_ONLY', 'too late');
    await say('/resume');
    await press(okOf(api).replace('ok', 'no'));
    assert.equal(state(), 'REDUCE_ONLY');
    await say('/resume');
    await press(okOf(api));
    assert.equal(state(), 'ACTIVE');
    const outcomes = (await operator.log.list(50)).map(({ text, outcome }) => [text.split(' ')[0], outcome]);
    assert.ok(outcomes.every(([, outcome]) => outcome !== null));
    assert.deepEqual(outcomes[0], ['ok', '/resume confirmed: ACTIVE']);
    assert.equal(api.asked.answerCallbackQuery, api.asked.editMessageReplyMarkup);
  }));

test('strangers are counted and not answered; hostile text is answered harmlessly; every answer fits a phone', () =>
  withOperator(async ({ api, store, operator, say }) => {
    await say('/halt', '666');
    api.press('666', 'ok question-0');
    await until('the press is counted', () => operator.results.length === 2);
    assert.deepEqual(operator.results, ['refused', 'refused']);
    assert.equal(api.calls, 0);
    assert.equal((await operator.log.list(5)).length, 0);
    store.write(raise('LEG_REJECTED', 'x', Date.now(), '<b>\u202e*evil*</i>'));
    const hostile = ['/why <b>&</i>', `/why ${'x'.repeat(10_000)}`, '/why \u202e\u0007*_[x](y)`', '/<script>', 'hi'];
    for (const text of [...COMMAND_NAMES.map((name) => `/${name}`), ...hostile, '/why@some_bot btc', '/statsu']) {
      const answer = await say(text);
      assert.ok(answer.length < 4096, text);
      const plain = answer.replaceAll(/<\/?b>/g, '');
      for (const line of plain.split('\n')) assert.ok(line.length <= 160, `${text}: ${line}`);
      assert.doesNotMatch(plain.replaceAll('\n', ''), /[\p{Cc}\u202e<>]/u);
    }
    assert.match(api.messages.at(-1)!.text, /Did you mean \/status\?/);
    assert.equal(operator.results.at(-1), 'unknown');
    assert.ok(api.messages.every(({ html }) => html));
    const before = api.messages.length;
    api.say('-5', 'talk among people');
    await say('/pnl', '-5');
    assert.equal(api.messages.length, before + 1, 'a group’s own talk is left alone');
  }));

test('updates that come twice, late, or as nonsense; a store that fails', () =>
  withOperator(async ({ api, operator, say, state }) => {
    const update = {
      update_id: 900,
      message: {
        message_id: 1,
        date: Math.floor(Date.now() / 1000),
        chat: { id: 77, type: 'private' },
        from: { id: 77 },
        text: '/status',
      },
    };
    assert.equal(await operator.bot.handle(update), 'answered');
    assert.equal(await operator.bot.handle(update), 'duplicate');
    assert.equal(api.messages.length, 1);
    api.update({ message: 'nonsense' });
    api.update({ edited_message: {} });
    assert.match(await say('/help'), /\/flatten/);
    api.say(CHAT, '/pause', Date.now() - 3_600_000);
    await until('it is asked', () => operator.results.length === 4);
    assert.match(api.messages.at(-1)!.text, /\/pause\?/);
    assert.equal(state(), 'ACTIVE');
  }));

test('Telegram answers a command’s answer with 429, 500, half, nothing like HTML: told once, or at the next try', () =>
  withOperator(async ({ api, operator, say }) => {
    for (const mode of ['limited', 'broken', 'half', 'refuse'] as const) {
      api.mode(mode, 1, 1);
      const before = api.messages.length;
      await say('/pnl');
      assert.equal(api.messages.length, before + 1, mode);
    }
    api.mode('broken', 3);
    await say('/pnl');
    api.mode('ok');
    assert.match((await operator.log.list(1))[0]!.outcome!, /not told/);
  }));

test('a wrong token, a second poller, a webhook and a broken far end: counted, left alone for a while, then read on', async () => {
  const api = await startBotApi(TOKEN);
  const store = new AlertStore();
  const wrong = new Operator(store, api, '1:wrong', [CHAT]);
  wrong.start();
  await until('the token is refused', () => wrong.polls.length > 0);
  assert.equal(wrong.polls[0], 'unauthorized');
  await wrong.stop();
  const operator = new Operator(store, api, TOKEN, [CHAT]);
  api.failPolls(409, 'Conflict: terminated by other getUpdates request', 2);
  operator.start();
  await until(
    'both conflicts are counted',
    () => operator.polls.filter((result) => result === 'conflict').length === 2,
  );
  api.failPolls(502, 'Bad Gateway', 1);
  api.say(CHAT, '/status');
  await until('it is answered', () => api.messages.length === 1);
  await operator.stop();
  assert.ok(operator.polls.includes('ok'));
  await api.close();
  store.database.close();
});

test('a restart in the middle: what was read and not answered is answered by the next, the rest is not asked again', async () => {
  const api = await startBotApi(TOKEN);
  const store = new AlertStore();
  const first = new Operator(store, api, TOKEN, [CHAT]);
  first.start();
  const asked = [api.say(CHAT, '/pause'), api.say(CHAT, '/status')];
  await until('both are answered', () => api.messages.length === 2);
  await first.stop();
  // It died after it had noted the command, and before it did anything.
  const next = api.say(CHAT, '/pnl');
  await first.log.begin({ id: String(next), atMs: Date.now(), chat: CHAT, sender: 'x', text: '/pnl' });
  const second = new Operator(store, api, TOKEN, [CHAT]);
  second.start();
  await until('the third is answered', () => api.messages.length === 3);
  await until('it is kept how far it came', async () => (await second.log.state(() => null)).offset === next + 1);
  await second.stop();
  assert.deepEqual(second.results, ['answered']);
  assert.deepEqual((await second.log.list(9)).map(({ id }) => Number(id)).sort(), [...asked, next]);
  await api.close();
  store.database.close();
});

test('a run obeys, tells of strangers and keeps who asked for what', (t) =>
  withDirectory(async (data) => {
    const api = await startBotApi(TOKEN);
    t.after(() => api.close());
    const sets = [`alerts.telegram.apiRoot=${api.url}`, 'strategy.minProfitThreshold=0.04'];
    const env = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: CHAT };
    const run = new Cli(['run', '--data', data, '--port', '0', ...sets.flatMap((set) => ['--set', set])], { env });
    const { url } = (await run.event('started')) as unknown as { url: string };
    const answered = async (text: string, shows: RegExp) => {
      const from = api.messages.length;
      api.say(CHAT, text);
      await until(`${text} is answered`, () => api.messages.slice(from).some((message) => shows.test(message.text)));
    };
    await answered('/pause', /REDUCE_ONLY/);
    await run.event('trading_state', ({ tradingState }) => tradingState === 'REDUCE_ONLY');
    await answered('/status', /REDUCE_ONLY[\s\S]*binance/);
    await answered('/guards', /REDUCE_ONLY/);
    await answered('/why btc', /BTC\/USDT/);
    api.say('666', '/flatten');
    await until('the stranger is told of', () => api.messages.some(({ text }) => text.includes('A stranger sent')));
    const page = await (await fetch(`${url}/metrics`)).text();
    assert.match(page, /twinleg_commands_total\{result="refused"\} 1/);
    assert.match(page, /twinleg_commands_total\{result="answered"\} 4/);
    assert.equal((await run.stop()).code, 0);
    assert.ok(api.messages.every(({ chatId }) => chatId === CHAT));
    const rows = (await cli('alerts', 'commands', '--data', data, '--json')).json<CommandRow[]>();
    assert.deepEqual(
      rows.map(({ sender, text, outcome }) => [sender, text, outcome?.split(':')[0]]).reverse(),
      ['/pause', '/status', '/guards', '/why btc'].map((text) => ['@operator (77)', text, 'answered']),
    );
  }));
