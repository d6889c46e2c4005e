import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { encodeAlert, sendAlerts } from '#adapters/bus/sqs/alert-queue.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { openGatewayCloud } from '#adapters/wiring/gateway-cloud.ts';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import type { MessengerTelemetry } from '#adapters/wiring/messenger-telemetry.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { AlertRow } from '#core/ports/alerts.ts';
import { mostInWindow, p0, p2 } from '../support/alert-store.ts';
import { Cli } from '../support/cli.ts';
import { type Alerting, CHAT, startAlerting } from '../support/cloud/alerting.ts';
import { openStage, type Stage } from '../support/cloud/stage.ts';
import { NO_UPKEEP } from '../support/cloud/upkeep.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { tcpDoor } from '../support/tcp-door.ts';
import { until } from '../support/until.ts';

const missing = missingEmulator('ministack');

async function counted({ reading }: MessengerTelemetry, series: string): Promise<number> {
  const line = (await reading.page()).split('\n').find((each) => each.startsWith(`twinleg_${series} `));
  return Number(line?.split(' ').at(-1));
}

describe(`alerts of a deployed stage${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
  });
  after(() => emulator.stop());

  async function withStage(
    work: (stage: Stage, alerting: Alerting, send: (...alerts: Alert[]) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const stage = await openStage(emulator, { 'venues.source': 'simulator' });
    const alerting = await startAlerting(stage);
    const { sqs, routing } = stage.parts;
    try {
      await work(stage, alerting, (...alerts) => sendAlerts(sqs, createQueueUrls(sqs), routing.alerts, alerts));
    } finally {
      await alerting.close();
      await stage.close();
    }
  }
  const twinleg = (stage: Stage, ...args: string[]) =>
    new Cli([...args, '--wiring', 'cloud', '--set', `cloud.stage=${stage.name}`, '--json'], {
      env: { ...emulator.env },
    }).done;
  const heads = ({ bot }: Alerting) => bot.messages.map(({ text }) => /<b>(.*?)<\/b>/.exec(text)![1]!);

  test('from the queue to the history and to Telegram, once each, in order, with its end; from the command line too', () =>
    withStage(async (stage, alerting, send) => {
      const nowMs = Date.now();
      const down = raise('VENUE_DOWN', 'upbit', nowMs, 'silent');
      await send(down, p0('table', nowMs), resolve('VENUE_DOWN', 'upbit', nowMs + 5, 'heard again'));
      await until('three are told', () => alerting.bot.messages.length >= 3, 30_000);
      await alerting.parts.notify.messages([
        { messageId: '1', body: JSON.stringify({ v: 1, kind: 'alert', alert: down }), attributes: {} } as never,
      ]);
      const told = heads(alerting);
      assert.equal(told.length, 3);
      const ofVenue = told.filter((head) => head.includes('venue'));
      assert.match(ofVenue[1] ?? '', /\(over\)/);
      assert.match(alerting.bot.messages[0]!.text, /<b>Run:<\/b> paper simulator, twinleg-/);
      assert.equal((await twinleg(stage, 'alerts', 'test')).code, 0);
      await until('the trial is told', () => heads(alerting).some((head) => head.includes('trial')), 30_000);
      const silenced = (await twinleg(stage, 'alerts', 'silence', 'LEG_REJECTED', '60')).json<{ code: string }[]>();
      assert.deepEqual(
        silenced.map(({ code }) => code),
        ['LEG_REJECTED'],
      );
      await send(p2('quiet', Date.now()));
      const list = async () => (await twinleg(stage, 'alerts', 'list')).json<AlertRow[]>();
      await until('the silenced one is in the history', async () => (await list()).length === 4, 30_000);
      const rows = await list();
      assert.equal(rows.find(({ code }) => code === 'VENUE_DOWN')!.resolvedAtMs, nowMs + 5);
      assert.deepEqual(
        rows.filter(({ deliveredAtMs }) => deliveredAtMs === null).map(({ code }) => code),
        ['LEG_REJECTED'],
      );
    }));

  test('what was written with its cause and never sent is found; kept while Telegram is down; poison is put aside', () =>
    withStage(async (stage, alerting, send) => {
      const { bot, parts } = alerting;
      const { routing, store, deadLetters } = stage.parts;
      bot.mode('broken');
      await store.record([], [p2('left', Date.now() - 20_000)]);
      assert.equal((await parts.notify.round()).left, 1);
      assert.equal((await parts.notify.round()).left, 0);
      assert.equal(bot.messages.length, 0);
      bot.mode('ok');
      await until(
        'it is told',
        async () => {
          await parts.notify.round();
          return bot.messages.length === 1;
        },
        40_000,
      );
      const record = { messageId: '1', eventSourceARN: `arn:aws:sqs:x:0:${routing.alerts}`, body: '{', attributes: {} };
      assert.deepEqual(await parts.notify.messages([record as never]), { batchItemFailures: [] });
      const [letter] = await deadLetters.list();
      assert.deepEqual([letter!.queue, letter!.reason], [routing.alerts, 'not_json']);
      await send(raise('ERROR_LOGGED', 'OLD', Date.now() - 400_000, 'once'));
      await until('the error is told', () => bot.messages.length === 2, 30_000);
      await housekeep({ ...stage.parts, upkeep: NO_UPKEEP });
      await until('its end is told', () => heads(alerting).some((head) => head.includes('(over)')), 30_000);
    }));

  test('a storm while functions send at once: P0 is not kept waiting, ten messages at most, nothing lost', (t) =>
    withStage(async (stage, alerting, send) => {
      const { bot } = alerting;
      await send(...Array.from({ length: 150 }, (_, i) => p2(`s${i}`, Date.now())));
      const atMs = Date.now();
      await send(p0('storm', atMs));
      await until('the P0 is told', () => bot.messages.some(({ text }) => text.includes('[P0]')), 30_000);
      const p0Ms = bot.messages.find(({ text }) => text.includes('[P0]'))!.atMs - atMs;
      const list = async () => (await twinleg(stage, 'alerts', '--last', '500')).json<AlertRow[]>();
      await until('all are in the history', async () => (await list()).length === 151, 60_000);
      await alerting.parts.notify.round();
      t.diagnostic(`P0 after ${p0Ms} ms`);
      assert.ok(p0Ms < 20_000, `${p0Ms} ms`);
      assert.ok(mostInWindow(bot.messages.map((message) => message.atMs)) <= 10);
    }));

  test('the table away: a P0 is told once all the same, and is in the history as told afterwards', async () => {
    const door = await tcpDoor(emulator.url);
    const stage = await openStage(emulator, { 'venues.source': 'simulator' }, { tableUrl: door.url });
    const alerting = await startAlerting(stage);
    const { notify } = alerting.parts;
    try {
      const recordOf = (alert: Alert) => ({ messageId: alert.id, body: encodeAlert(alert), attributes: {} }) as never;
      const lost = p0('table', Date.now());
      door.shut();
      for (const alert of [lost, p0('table', Date.now() + 1)])
        assert.equal((await notify.messages([recordOf(alert)])).batchItemFailures.length, 1);
      assert.equal(alerting.bot.messages.length, 1);
      door.open();
      assert.deepEqual(await notify.messages([recordOf(lost)]), { batchItemFailures: [] });
      await notify.round();
      assert.equal(alerting.bot.messages.length, 1);
      const rows = (await twinleg(stage, 'alerts')).json<AlertRow[]>();
      assert.deepEqual(
        rows.map(({ code, deliveredAtMs }) => [code, deliveredAtMs !== null]),
        [['STORE_LOST', true]],
      );
    } finally {
      await alerting.close();
      await stage.close();
      await door.close();
    }
  });

  test('commands by Telegram’s webhook: secret, question, press, stranger, nonsense', () =>
    withStage(async (stage, { bot, post, telemetry }) => {
      let number = 1;
      const message = (text: string, chat: string = CHAT) => ({
        update_id: number++,
        message: {
          message_id: 1000 + number,
          date: Math.floor(Date.now() / 1000),
          chat: { id: Number(chat), type: 'private' },
          from: { id: Number(chat), username: 'operator' },
          text,
        },
      });
      assert.equal(await post(message('/halt'), 'wrong'), 401);
      assert.equal(await post('{'), 400);
      assert.equal(await post({ update_id: 'x' }), 200);
      assert.equal(bot.calls, 0);
      const status = message('/status');
      assert.equal(await post(status), 200);
      assert.equal(await post(status), 200);
      assert.equal(bot.messages.length, 1, 'an update that comes twice is answered once');
      assert.equal(await post(message('/halt')), 200);
      const [ok] = bot.messages.at(-1)!.buttons;
      assert.equal((await stage.parts.store.control()).tradingState, 'ACTIVE');
      const press = {
        update_id: number++,
        callback_query: {
          id: 'q',
          from: { id: Number(CHAT), username: 'operator' },
          data: ok,
          message: { message_id: bot.messages.length, chat: { id: Number(CHAT), type: 'private' } },
        },
      };
      await Promise.all([post(press), post(press)]);
      assert.equal((await stage.parts.store.control()).tradingState, 'HALTED');
      for (const text of ['/pnl', '/positions', '/guards', '/alerts', '/why btc', '/help']) await post(message(text));
      const before = bot.messages.length;
      assert.equal(await post(message('/flatten', '666')), 200);
      await until('the operator hears of the stranger', () => bot.messages.length === before + 1, 30_000);
      assert.match(bot.messages.at(-1)!.text, /A stranger sent/);
      const asked = (await twinleg(stage, 'alerts', 'commands')).json<{ text: string; outcome: string }[]>();
      assert.equal(asked.length, 9);
      assert.ok(asked.every(({ outcome }) => outcome !== null));
      assert.match(asked.find(({ text }) => text.startsWith('ok '))!.outcome, /HALTED/);
      assert.equal(await counted(telemetry, 'webhooks_total{result="forged"}'), 1);
      assert.equal(await counted(telemetry, 'webhooks_total{result="malformed"}'), 1);
      assert.equal(await counted(telemetry, 'commands_total{result="refused"}'), 1);
      assert.equal(await counted(telemetry, 'commands_total{result="answered"}'), 7);
      assert.equal(await counted(telemetry, 'alerts_total{severity="P3"}'), 1);
      await until('it is counted', async () => (await counted(telemetry, 'alert_messages_total{result="sent"}')) === 1);
    }));

  test('a gateway that is killed is told of by the next round of housekeeping, one that stopped is not', () =>
    withStage(async (stage, alerting) => {
      const cloud = await openGatewayCloud(stage.parts.config);
      const publish = (running: boolean, atMs: number) =>
        cloud.publications.publishStatus({ running, atMs }, atMs, 60_000);
      const nowMs = Date.now();
      await publish(false, nowMs - 120_000);
      await housekeep({ ...stage.parts, upkeep: NO_UPKEEP });
      await publish(true, nowMs - 30_000);
      await housekeep({ ...stage.parts, upkeep: NO_UPKEEP });
      await publish(true, nowMs - 120_000);
      await housekeep({ ...stage.parts, upkeep: NO_UPKEEP });
      await housekeep({ ...stage.parts, upkeep: NO_UPKEEP });
      await until('it is told', () => alerting.bot.messages.length > 0, 30_000);
      cloud.close();
      assert.equal(alerting.bot.messages.length, 1);
      assert.match(
        alerting.bot.messages[0]!.text,
        /\[P0\] The engine crashed[\s\S]*the gateway has said nothing for 12\d s/,
      );
    }));

  test('Alertmanager’s webhook: signed is told, all else is refused', () =>
    withStage(async (_stage, { bot, alertmanager, telemetry }) => {
      const body = {
        version: '4',
        alerts: [{ status: 'firing', labels: { alertname: 'SERIES_GONE' }, annotations: {}, fingerprint: 'f' }],
      };
      assert.equal(await alertmanager(body, 'Bearer wrong'), 401);
      assert.equal(await alertmanager('{'), 400);
      assert.equal(await alertmanager(body), 200);
      await until('it is told', () => bot.messages.length === 1, 30_000);
      assert.match(bot.messages[0]!.text, /A run is no longer seen/);
      for (const result of ['forged', 'malformed', 'accepted'])
        assert.equal(await counted(telemetry, `webhooks_total{result="${result}"}`), 1);
    }));
});
