import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { missingEmulator } from '../emulators/emulators.ts';
import { tcpDoor } from '../tcp-door.ts';
import { until } from '../until.ts';
import { assertWhole, poison, queuesAway, tableAway } from './outages.ts';
import { TradingStage } from './trading.ts';

/**
 * Everything that can be taken from a trading deployment is, for so many seconds each, while it trades.
 *
 * @param settings beside those of every trading stage
 */
export function proveOutages(seconds: number, settings: Readonly<Record<string, unknown>> = {}): void {
  const skip = missingEmulator('ministack') ?? false;
  describe(`a deployment that trades, with each of its parts away for ${seconds} s`, { skip }, () => {
    test('killed, paused and poisoned gateways and queues, queues away, the table away: it goes on, nothing is lost', async (t) => {
      const trading = await TradingStage.open(settings);
      t.after(() => trading.close());
      await prove(trading, seconds, t);
    });
  });
}

async function prove(trading: TradingStage, seconds: number, t: TestContext): Promise<void> {
  const tell = (what: string, figures: object) => t.diagnostic(`${what}: ${JSON.stringify(figures)}`);
  const standby = ['cloud.gatewayStandby=true'];
  const first = trading.startGateway(standby);
  await trading.trades(1);
  const door = await tcpDoor(trading.doors.table.url);
  t.after(() => door.close());
  const second = trading.startGateway(standby, door.url);
  await second.saying('started');
  await until('the standby is ready', async () => (await fetch(`${second.url}/ready`)).status === 200, 30_000);

  const killedAtMs = Date.now();
  await first.stop('SIGKILL');
  const taken = await second.saying('lease_taken');
  tell('killed', { takenOverMs: taken.atMs - killedAtMs, epoch: taken.epoch });
  assert.ok(taken.atMs - killedAtMs < 5000, `${taken.atMs - killedAtMs} ms`);
  await trading.trades(1);

  const third = trading.startGateway(standby);
  await third.saying('started');
  second.child.kill('SIGSTOP');
  assert.equal((await third.saying('lease_taken')).epoch, 3);
  await trading.trades(1);
  // It goes on sending as long as it cannot hear that another one leads.
  door.shut();
  second.child.kill('SIGCONT');
  await until('what it sends after its pause is refused', () => (trading.tally().fenced ?? 0) > 0, 30_000);
  door.open();
  await second.saying('lease_lost');
  tell('paused', { fenced: trading.tally().fenced });
  assert.equal(await second.stop(), 0);

  const poisoned = await poison(trading);
  const { deadLetters } = trading.stage.parts;
  const unread = () => {
    const { not_json = 0, unknown_version = 0 } = trading.tally();
    return not_json + unknown_version;
  };
  await until('what cannot be read is counted', () => unread() === poisoned, 30_000);
  assert.equal((await deadLetters.list()).length, poisoned);
  tell('poisoned', { poisoned });

  tell('queues away', await queuesAway(trading, third, seconds));
  tell('table away', await tableAway(trading, third, seconds));
  const sent = await third.metric('ticks_sent_total');
  assert.equal(await third.stop(), 0);
  await assertWhole(trading);
  tell('all', { sentByTheThird: sent, ...trading.tally() });
}
