import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { AlertDesk } from '#adapters/notify/desk.ts';
import { createTelegramNotifier } from '#adapters/notify/telegram.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import { type BotApi, startBotApi } from '../../simulator/bot-api.ts';
import { AlertStore, mostInWindow, p0, p2 } from '../support/alert-store.ts';
import { withDirectory } from '../support/cli.ts';
import { until } from '../support/until.ts';

const TOKEN = '42:storm';
const SECONDS = 60;
const A_SECOND = 167;
/** Seconds at which a P0 comes. */
const P0_AT = [5, 25, 45, 58];

test('10,000 alerts in a real minute, Telegram failing in between and a restart: P0 within 5 s, ten messages a minute, nothing lost', (t) =>
  withDirectory(async (directory) => {
    const bot = await startBotApi(TOKEN);
    const file = join(directory, 'store.sqlite');
    const store = new AlertStore(file);
    let desk = startDesk(store, bot);
    const p0AtMs = new Map<number, number>();
    const startedMs = Date.now();
    for (let second = 0; second < SECONDS; second++) {
      const nowMs = Date.now();
      store.write(...Array.from({ length: A_SECOND }, (_, i) => p2(`${second}-${i}`, nowMs)));
      if (P0_AT.includes(second)) {
        p0AtMs.set(second, nowMs);
        store.write(p0(`second ${second}`, nowMs));
      }
      if (second === 12) bot.mode('limited', 1, 2);
      if (second === 18) bot.mode('broken', 1);
      if (second === 30) {
        await desk.stop();
        desk = startDesk(store, bot);
      }
      desk.wake();
      const nextMs = startedMs + (second + 1) * 1000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - Date.now())));
    }
    const minuteMs = Date.now() - startedMs;
    const total = SECONDS * A_SECOND + P0_AT.length;
    await until('all of it is told', () => store.states().sent === total, 600_000);
    await desk.stop();
    const p0Ms = [...p0AtMs].map(([second, atMs]) => {
      const told = bot.messages.find(({ text }) => text.includes(`P0 of second ${second}\n`));
      return told === undefined ? Number.POSITIVE_INFINITY : told.atMs - atMs;
    });
    const times = bot.messages.map(({ atMs }) => atMs);
    const told = bot.messages.map(({ text }) => Number(/(\d+) alerts in one message/.exec(text)?.[1] ?? 1));
    const most = mostInWindow(times);
    t.diagnostic(JSON.stringify({ total, minuteMs, messages: times.length, most, p0Ms, calls: bot.calls }));
    assert.ok(Math.max(...p0Ms) < 5000, `${p0Ms}`);
    assert.ok(most <= 10, `${most}`);
    assert.equal(
      told.reduce((a, b) => a + b, 0),
      total,
      'each is in one message',
    );
    const { n } = store.database.db.prepare('SELECT count(*) AS n FROM alert WHERE delivered_at_ms IS NOT NULL').get()!;
    assert.equal(n, total);
    store.database.close();
    await bot.close();
  }));

test('no answer at all: it is told again, and says that it may be a second time', () =>
  withDirectory(async (directory) => {
    const bot = await startBotApi(TOKEN);
    const store = new AlertStore(join(directory, 'store.sqlite'));
    bot.mode('silent', 1);
    const desk = startDesk(store, bot);
    store.write(p2('silence', Date.now()));
    desk.wake();
    await until('it is told again', () => bot.messages.length === 2, 60_000);
    await until('it is done', () => store.states().sent === 1);
    await desk.stop();
    assert.deepEqual(
      bot.messages.map(({ text }) => text.includes('had this before')),
      [false, true],
    );
    store.database.close();
    await bot.close();
  }));

function startDesk(store: AlertStore, bot: BotApi): AlertDesk {
  const desk = new AlertDesk({
    queue: store.queue,
    notifier: createTelegramNotifier(createTelegramApi(TOKEN, bot.url), '77'),
    maxPerMinute: 10,
    runbookBase: null,
    now: Date.now,
    told: () => {},
    failed: (error) => assert.fail(String(error)),
    alone: true,
    lookMs: 500,
  });
  void desk.start();
  return desk;
}
