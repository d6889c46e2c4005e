import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AlertRow } from '#core/ports/alerts.ts';
import { missingPrograms } from '../../infra/observability/binaries.ts';
import { freePort } from '../../infra/observability/server.ts';
import { startStack } from '../../infra/observability/stack.ts';
import { startBotApi } from '../../simulator/bot-api.ts';
import { startSimulator } from '../../simulator/server.ts';
import { Cli, cli, withDirectory } from '../support/cli.ts';
import { AlertmanagerApi } from '../support/observability/alertmanager.ts';
import { until } from '../support/until.ts';
import { setsOf, simulatedVenues } from '../support/venues.ts';

const skip = missingPrograms('prometheus', 'alertmanager', 'amtool') ?? false;
const TOKEN = '42:chain';
const CHAT = 77;
const SECRET = 'chain-secret';

test('a run’s figures → Prometheus → Alertmanager → webhook → the other run’s history → Telegram, and its end; a dead run silences its symptoms, never the watchdog', {
  skip,
}, async () => {
  await withDirectory(async (directory) => {
    const bot = await startBotApi(TOKEN);
    const venues = await startSimulator({ coins: ['BTC', 'ETH'], seed: 5, rate: 60 });
    const deadMan = await startDeadMan();
    const told = (title: string) => bot.messages.filter(({ text }) => text.includes(title)).length;
    // One run tells, another is watched: what the first says, it has from outside.
    const teller = run(
      join(directory, 'teller'),
      [`alerts.telegram.apiRoot=${bot.url}`, 'strategy.minProfitThreshold=0.04'],
      {
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_CHAT_ID: String(CHAT),
        ALERTMANAGER_WEBHOOK_SECRET: SECRET,
      },
    );
    const watched = run(join(directory, 'watched'), setsOf(simulatedVenues(venues.urls)));
    const urls = await Promise.all([teller, watched].map(async (each) => String((await each.event('started')).url)));
    const stack = await startStack({
      directory: join(directory, 'stack'),
      targets: urls.map((url) => new URL(url).host),
      scrapeEvery: '1s',
      groupWaitSeconds: 1,
      groupIntervalSeconds: 2,
      webhookUrl: `${urls[0]}/alertmanager`,
      webhookSecret: SECRET,
      deadManUrl: deadMan.url,
      telegram: { apiUrl: bot.url, botToken: TOKEN, chatId: CHAT },
      ports: { prometheus: await freePort(), alertmanager: await freePort(), grafana: await freePort() },
    });
    const alertmanager = new AlertmanagerApi(stack.alertmanager.url);
    try {
      await until('the dead man’s far end hears again and again', () => deadMan.calls.length >= 3, 40_000);
      assert.deepEqual(bot.messages, []);

      venues.fault({ kind: 'refuseDials', venue: 'upbit', durationMs: 600_000 });
      venues.fault({ kind: 'drop', venue: 'upbit' });
      await until('the operator is told', () => told('[P1] A venue is down</b>') === 1, 60_000);
      venues.fault({ kind: 'clear', venue: 'upbit' });
      await until('and that it is over', () => told('A venue is down (over)') === 1, 30_000);
      const rows = (await cli('alerts', '--data', join(directory, 'teller'), '--json')).json<AlertRow[]>();
      assert.deepEqual(
        rows.map(({ code, resolvedAtMs, deliveredAtMs }) => [code, resolvedAtMs !== null, deliveredAtMs !== null]),
        [['VENUE_DOWN', true, true]],
      );

      watched.child.kill('SIGKILL');
      await until('a dead run is told by the other one', () => told('Reason:</b> When a run ended') === 1, 60_000);
      await until('and by Alertmanager itself', () => told('Alertmanager itself, of') === 1, 10_000);
      assert.equal(told('[P0] The engine crashed'), 2);
      const before = bot.messages.length;
      const heard = deadMan.calls.length;
      const labels = { job: 'twinleg', instance: new URL(urls[1]!).host, venue: 'binance' };
      await alertmanager.fire('VENUE_DOWN', { severity: 'P1', ...labels });
      await alertmanager.fire('BAD_FRAMES', { severity: 'P2', ...labels });
      for (const code of ['VENUE_DOWN', 'BAD_FRAMES'])
        await until(`${code} is silenced`, async () => (await alertmanager.state(code)) === 'suppressed');
      await until('the watchdog goes on', () => deadMan.calls.length >= heard + 3, 20_000);
      assert.equal(await alertmanager.state('TWINLEG_WATCHDOG'), 'active');
      assert.deepEqual(
        bot.messages.slice(before).map(({ text }) => text),
        [],
        'its symptoms were not told',
      );

      await stack.prometheus.stop();
      await until(
        'the watchdog ends',
        async () => (await alertmanager.state('TWINLEG_WATCHDOG')) === undefined,
        30_000,
      );
      const last = deadMan.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 5000));
      assert.ok(deadMan.calls.length <= last + 1, 'without Prometheus the far end hears nothing any more');
      assert.ok(deadMan.calls.every((names) => names.join() === 'TWINLEG_WATCHDOG'));
    } finally {
      await stack.stop();
      await teller.stop();
      await Promise.all([venues.close(), bot.close(), deadMan.close()]);
    }
  });
});

function run(data: string, sets: readonly string[], env: NodeJS.ProcessEnv = {}): Cli {
  const all = ['universe.symbols=["BTC/USDT","ETH/USDT"]', ...sets];
  return new Cli(['run', '--data', data, '--port', '0', ...all.flatMap((set) => ['--set', set])], { env });
}

/** A far end outside: it takes down which alerts each call names. */
async function startDeadMan() {
  const calls: string[][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as {
        alerts: { labels: { alertname: string } }[];
      };
      calls.push(alerts.map(({ labels }) => labels.alertname));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
