import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { decodeTick } from '#adapters/bus/sqs/message.ts';
import type { Tick } from '#core/market/market.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { configOf, instrumentsOf } from '../support/backtest.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { type GatewayStage, gatewaySettings, openGatewayStage } from '../support/gateway-stage.ts';
import { type TcpDoor, tcpDoor } from '../support/tcp-door.ts';
import { until } from '../support/until.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const missing = missingEmulator('ministack');

describe('the gateway as a process, on MiniStack’s SQS and DynamoDB', { skip: missing ?? false }, () => {
  const config = configOf({ universe: { symbols: SYMBOLS }, cloud: { stage: `g${process.pid}` } });
  let simulator: Simulator;
  let emulator: Emulator;
  let queueDoor: TcpDoor;
  let tableDoor: TcpDoor;
  let stage: GatewayStage;
  const started: GatewayProcess[] = [];

  before(async () => {
    simulator = await startSimulator({ coins: ['BTC', 'ETH'], symbols: 2, rate: 200 });
    emulator = await EMULATORS.ministack.start();
    queueDoor = await tcpDoor(emulator.url);
    tableDoor = await tcpDoor(emulator.url);
    stage = await openGatewayStage(emulator, config, [...instrumentsOf(config).values()]);
  });
  after(async () => {
    await Promise.all(started.map((gateway) => gateway.stop('SIGKILL')));
    await queueDoor?.close();
    await tableDoor?.close();
    await emulator?.stop();
    await simulator?.close();
  });

  function start(...settings: string[]): GatewayProcess {
    const gateway = new GatewayProcess([...gatewaySettings(config, simulator.urls), ...settings], {
      ...emulator.env,
      AWS_ENDPOINT_URL_SQS: queueDoor.url,
      AWS_ENDPOINT_URL_DYNAMODB: tableDoor.url,
    });
    started.push(gateway);
    return gateway;
  }

  async function forget(): Promise<void> {
    for (const QueueUrl of stage.queueUrls) await stage.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  }

  /** Ticks that lie in the queues now, a few of them. */
  async function delivered(): Promise<Tick[]> {
    const ticks: Tick[] = [];
    for (const QueueUrl of stage.queueUrls) {
      const { Messages = [] } = await stage.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { Body } of Messages) {
        const read = decodeTick(Body!);
        assert.ok(read.ok);
        ticks.push(read.value.tick);
      }
    }
    return ticks;
  }

  /** Waits for ticks of an epoch, received after a moment. */
  const arriving = (epoch: number, sinceMs: number) =>
    until(`ticks of epoch ${epoch}`, async () =>
      (await delivered()).some((tick) => tick.epoch === epoch && tick.receivedAtMs >= sinceMs),
    );

  test('killed, it is replaced by its standby within five seconds; paused, it is refused by its epoch', async () => {
    const first = start('cloud.gatewayStandby=true');
    await first.saying('lease_taken');
    await arriving(1, 0);
    const second = start('cloud.gatewayStandby=true');
    await second.saying('started');
    const ready = async () => (await fetch(`${second.url}/ready`)).status === 200;
    await until('the standby has both venues', ready);
    assert.equal(second.said('lease_taken'), undefined);
    const killedAtMs = Date.now();
    await first.stop('SIGKILL');
    const taken = await second.saying('lease_taken');
    assert.equal(taken.epoch, 2);
    assert.ok(taken.atMs - killedAtMs < 5000, `${taken.atMs - killedAtMs} ms`);
    await forget();
    await arriving(2, killedAtMs);

    const third = start('cloud.gatewayStandby=true');
    await third.saying('started');
    second.child.kill('SIGSTOP');
    const takenToo = await third.saying('lease_taken');
    assert.equal(takenToo.epoch, 3);
    assert.equal((await stage.store.readInterest([])).epochs.gateway, 3, 'from now on the write refuses older epochs');
    second.child.kill('SIGCONT');
    await second.saying('lease_lost');
    assert.equal(await second.stop(), 0);
    const stoppingAtMs = performance.now();
    assert.equal(await third.stop(), 0);
    assert.ok(performance.now() - stoppingAtMs < 10_000);
    assert.equal(first.child.signalCode, 'SIGKILL');
  });

  test('SQS away, then DynamoDB away: what is not sent is counted, the newest goes on, the epoch stays', async () => {
    const gateway = start();
    const { epoch } = await gateway.saying('lease_taken');
    await arriving(Number(epoch), 0);
    queueDoor.shut();
    await until('ticks left out', async () => (await gateway.metric('ticks_filtered_total{reason="conflated"}')) > 50);
    assert.ok((await gateway.metric('ticks_filtered_total{reason="queue_failed"}')) > 0);
    assert.ok((await gateway.metric('queue_messages{queue="ticks"}')) <= 2 * SYMBOLS.length);
    await forget();
    queueDoor.open();
    const backAtMs = Date.now();
    await arriving(Number(epoch), backAtMs - 2000);

    tableDoor.shut();
    await until('the store is told away', async () => (await gateway.metric('store_up')) === 0);
    await forget();
    await arriving(Number(epoch), Date.now());
    tableDoor.open();
    await until('the store is back', async () => (await gateway.metric('store_up')) === 1);
    assert.equal(gateway.said('lease_lost'), undefined);
    assert.equal((await stage.store.lease.read())?.epoch, epoch);
    assert.equal(await gateway.stop(), 0);
    assert.equal((await stage.store.lease.read())?.released, true);
  });
});
