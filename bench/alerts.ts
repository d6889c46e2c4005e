import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertDesk } from '#adapters/notify/desk.ts';
import { createTelegramNotifier } from '#adapters/notify/telegram.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import { startBotApi } from '../simulator/bot-api.ts';
import { AlertStore, p0, p2 } from '../test/support/alert-store.ts';
import { until } from '../test/support/until.ts';
import { below, type Figure, plain } from './report.ts';

const EVENTS = 200;
const TOKEN = '1:bench';
const GOAL_MS = 2000;

/** From what happened to the message at the far end, over a store on disk and a Bot API on a real socket. */
export async function benchAlerts(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'twinleg-bench-'));
  const bot = await startBotApi(TOKEN);
  const store = new AlertStore(join(directory, 'store.sqlite'));
  const desk = new AlertDesk({
    queue: store.queue,
    notifier: createTelegramNotifier(createTelegramApi(TOKEN, bot.url), '1'),
    // The window is not what is measured.
    maxPerMinute: 1000,
    runbookBase: null,
    now: Date.now,
    told: () => {},
    failed: (error) => {
      throw error;
    },
    alone: true,
    lookMs: 500,
  });
  await desk.start();
  const told = async (from: number) => {
    await until('it is told', () => bot.messages.length > from);
    return bot.messages[from]!.atMs;
  };
  const measure = async (events: number, wakes: boolean) => {
    const tookMs: number[] = [];
    for (let i = 0; i < events; i++) {
      const from = bot.messages.length;
      const atMs = Date.now();
      store.write(i % 4 === 0 ? p0(`${wakes}-${i}`, atMs) : p2(`${wakes}-${i}`, atMs));
      if (wakes) desk.wake();
      tookMs.push((await told(from)) - atMs);
    }
    return tookMs.sort((a, b) => a - b);
  };
  const own = await measure(EVENTS, true);
  const found = await measure(EVENTS / 10, false);
  await desk.stop();
  await bot.close();
  store.database.close();
  rmSync(directory, { recursive: true });
  const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
  return [
    plain('event → Telegram, median', at(own, 0.5), 'ms'),
    below('event → Telegram, 99th percentile', at(own, 0.99), 'ms', GOAL_MS),
    below('event → Telegram, longest', at(own, 1), 'ms', GOAL_MS),
    below('written by another process → Telegram, longest', at(found, 1), 'ms', GOAL_MS),
  ];
}
