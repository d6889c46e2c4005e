import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RunView } from '#adapters/wiring/run-view.ts';
import type { Config } from '#core/config.ts';
import { plainList } from '#core/universe/list.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { configOf } from '../support/backtest.ts';
import { startGateway, TestCloud } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'SOL/USDT'];
let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ coins: SYMBOLS.map((symbol) => symbol.replace('/USDT', '')), rate: 400 });
});
after(() => simulator.close());

/** Nothing of the market comes near an entry, unless a test asks for it. */
function quiet(change: object = {}): Config {
  return configOf({
    universe: { symbols: SYMBOLS },
    strategy: { minProfitThreshold: 0.5 },
    server: { port: 0 },
    ...change,
  });
}

async function json(url: string): Promise<{ status: number; body: Record<string, never> }> {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

async function metric(url: string, name: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const lines = page.split('\n').filter((line) => line.startsWith(`twinleg_${name}`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

test('from sockets to queues: all is sent until each symbol is known to be flat, then hardly anything', async () => {
  const config = quiet();
  const cloud = new TestCloud(config);
  const { gateway } = await startGateway(cloud, config, simulator.urls);
  try {
    await until('ticks of every symbol', () => new Set(cloud.received.map(({ symbol }) => symbol)).size === 4);
    const [first] = cloud.ticks();
    assert.equal(first!.epoch, 1);
    assert.ok(first!.market.binance.bid.count > 0 && first!.market.fx.bid > 1000);
    assert.equal((await json(`${gateway.url}/ready`)).status, 200);
    const health = await json(`${gateway.url}/health`);
    assert.deepEqual(Object.keys(health.body.parts ?? {}).sort(), [
      'binance',
      'engine',
      'lease',
      'queues',
      'store',
      'upbit',
    ]);
    await until('quiet', async () => {
      const before = cloud.received.length;
      const filtered = await metric(gateway.url, 'ticks_filtered_total{reason="not_interesting"}');
      await new Promise((resolve) => setTimeout(resolve, 300));
      return filtered > 100 && cloud.received.length - before <= 4;
    });
    assert.equal(await metric(gateway.url, 'gateway_leader'), 1);
    assert.ok((await metric(gateway.url, 'ticks_sent_total{reason="unsettled"}')) > 10);
    const startedMs = performance.now();
    await gateway.stop();
    assert.ok(performance.now() - startedMs < 10_000);
    assert.equal((await cloud.store.lease.read())?.released, true);
  } finally {
    await gateway.stop();
    cloud.close();
  }
});

test('queues away: memory stays bounded, what was left out is counted, and the newest goes on once they are back', async () => {
  const config = quiet();
  const cloud = new TestCloud(config);
  // Nothing settles: every tick would be sent.
  const { gateway } = await startGateway(cloud, config, simulator.urls, {
    interestTiming: { clearsAfterMs: 1e9, settlesAfterMs: 1e9, heartbeatMs: 1000, pulseMs: 1000 },
  });
  try {
    await until('the first ticks', () => cloud.received.length > 20);
    cloud.queuesAway = true;
    await until(
      'much left out',
      async () => (await metric(gateway.url, 'ticks_filtered_total{reason="conflated"}')) > 100,
    );
    assert.ok((await metric(gateway.url, 'queue_messages{queue="ticks"}')) <= 8);
    assert.equal((await json(`${gateway.url}/health`)).status, 503);
    const before = cloud.received.length;
    cloud.queuesAway = false;
    const backAtMs = Date.now();
    await until('sending again', () => cloud.received.length > before + 20);
    for (const tick of cloud.ticks().slice(before)) assert.ok(tick.receivedAtMs > backAtMs - 2100);
    assert.ok((await metric(gateway.url, 'ticks_filtered_total{reason="queue_failed"}')) > 0);
    await until('healthy', async () => (await json(`${gateway.url}/health`)).status === 200);
  } finally {
    await gateway.stop();
    cloud.close();
  }
});

test('a gateway that is gone is replaced by its standby, which sends all until it knows; the old one is told to stop', async () => {
  const config = quiet({ cloud: { gatewayStandby: true } });
  const cloud = new TestCloud(config);
  const first = await startGateway(cloud, config, simulator.urls);
  await until('the first sends', () => cloud.received.length > 0);
  // The first one's own way to the store breaks; the standby's does not.
  const second = await startGateway(cloud, config, simulator.urls);
  await until('the standby is ready', async () => (await json(`${second.gateway.url}/ready`)).status === 200);
  assert.ok(cloud.ticks().every(({ epoch }) => epoch === 1));
  const record = (await cloud.store.lease.read())!;
  const taken = await cloud.store.lease.take('somebody', record);
  assert.equal(taken?.epoch, 2);
  try {
    await until('the first was told', () => first.events.some(({ event }) => event === 'lease_lost'));
    await until('one of them leads again', () => cloud.ticks().some(({ epoch }) => epoch === 3));
    const lastOfFirst = cloud.ticks().findLastIndex(({ epoch }) => epoch === 1);
    const firstOfThird = cloud.ticks().findIndex(({ epoch }) => epoch === 3);
    assert.ok(lastOfFirst < firstOfThird);
    assert.equal((await cloud.store.readInterest([])).epochs.gateway, 3);
  } finally {
    await Promise.all([first.gateway.stop(), second.gateway.stop()]);
    cloud.close();
  }
});

test('another list takes force while it runs; under another configuration than its own it sends everything', async () => {
  const config = quiet();
  const cloud = new TestCloud(config);
  const { gateway, events } = await startGateway(cloud, config, simulator.urls);
  try {
    await until('the first ticks', () => cloud.received.length > 0);
    await cloud.deploy(config, plainList(['SOL/USDT', 'BTC/USDT']));
    await until('the list', () => events.some(({ event }) => event === 'universe_changed'));
    await until('quiet', async () => {
      const before = cloud.received.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return cloud.received.length - before <= 2;
    });
    const dropped = cloud.received.slice(-10).filter(({ symbol }) => symbol === 'ETH/USDT' || symbol === 'XRP/USDT');
    assert.deepEqual(dropped, []);
    await cloud.deploy(quiet({ strategy: { minProfitThreshold: 0.4 } }), plainList(['SOL/USDT', 'BTC/USDT']));
    await until('the difference is told', () => events.some(({ event }) => event === 'config_differs'));
    const before = cloud.received.length;
    await until('everything is sent', () => cloud.received.length > before + 30);
  } finally {
    await gateway.stop();
    cloud.close();
  }
});

test('the store away: what is known holds, sending goes on with the same epoch, and health tells it', async () => {
  const config = quiet();
  const cloud = new TestCloud(config);
  const { gateway, events } = await startGateway(cloud, config, simulator.urls);
  try {
    await until('the first ticks', () => cloud.received.length > 0);
    cloud.storeAway = true;
    await until('health', async () => (await json(`${gateway.url}/health`)).status === 503);
    const before = cloud.received.length;
    await until('it goes on sending', () => cloud.received.length > before);
    cloud.storeAway = false;
    await until('healthy', async () => (await json(`${gateway.url}/health`)).status === 200);
    assert.ok(!events.some(({ event }) => event === 'lease_lost'));
    assert.ok(cloud.ticks().every(({ epoch }) => epoch === 1));
  } finally {
    await gateway.stop();
    cloud.close();
  }
});

test('a second gateway without standby is healthy and idle: it connects once it leads', async () => {
  const config = quiet();
  const cloud = new TestCloud(config);
  const first = await startGateway(cloud, config, simulator.urls);
  await until('the first leads', () => cloud.received.length > 0);
  const second = await startGateway(cloud, config, simulator.urls);
  try {
    await until('it has read the store', async () => (await json(`${second.gateway.url}/health`)).status === 200);
    const { parts } = (await json(`${second.gateway.url}/health`)).body as {
      parts?: Record<string, { state: string }>;
    };
    assert.equal(parts?.binance?.state, 'idle');
    assert.equal(parts?.lease?.state, 'waiting');
    const told = async (url: string) =>
      /^twinleg_(pnl_total|win_rate|trading_state)/m.test(await (await fetch(`${url}/metrics`)).text());
    assert.deepEqual([await told(first.gateway.url), await told(second.gateway.url)], [true, false], 'money once');
    await first.gateway.stop();
    await until('the second sends', () => cloud.ticks().some(({ epoch }) => epoch === 2));
  } finally {
    await Promise.all([first.gateway.stop(), second.gateway.stop()]);
    cloud.close();
  }
});

test('what only the gateway can measure holds entries back, and lets them go: a venue that is silent', async () => {
  const config = quiet({ guards: { venueDown: { afterMs: 700 } } });
  const cloud = new TestCloud(config);
  const { gateway } = await startGateway(cloud, config, simulator.urls);
  const control = async () => cloud.store.control();
  try {
    await until('the first ticks', () => cloud.received.length > 0);
    await until('nothing holds', async () => (await control()).tradingState === 'ACTIVE');
    simulator.fault({ kind: 'drop', venue: 'upbit' });
    simulator.fault({ kind: 'refuseDials', venue: 'upbit', durationMs: 3000 });
    await until('entries are held back', async () =>
      (await control()).holding.some(({ code }) => code === 'VENUE_DOWN'),
    );
    assert.equal((await control()).tradingState, 'REDUCE_ONLY');
    await until('and go on', async () => (await control()).tradingState === 'ACTIVE');
  } finally {
    await gateway.stop();
    cloud.close();
  }
});

test('what commands on other machines show: its status and standings while it leads, that nothing runs after its stop', async () => {
  const config = quiet();
  const cloud = new TestCloud(config);
  const { gateway } = await startGateway(cloud, config, simulator.urls);
  const status = async () => (await cloud.records.status<RunView>(Date.now()))?.value;
  const seen = async () => {
    const standings = await Promise.all(SYMBOLS.map((symbol) => cloud.records.standing(symbol, Date.now())));
    return standings.some((standing) => standing !== null && standing.value.guards.length > 10);
  };
  try {
    await until('its status', async () => (await status())?.running === true);
    const { symbolNames, decisions, url, trades } = (await status())!;
    assert.deepEqual([symbolNames, decisions, url, trades], [SYMBOLS, null, gateway.url, 0]);
    await until('a symbol’s standing with every guard', seen, 60_000);
    await gateway.stop();
    assert.equal((await status())?.running, false);
  } finally {
    await gateway.stop();
    cloud.close();
  }
});

test('a gateway that leads tells of its own figures and failures on the way of all alerts: a storm of breaks, queues away, the store away', async () => {
  const config = quiet();
  const cloud = new TestCloud(config);
  const { gateway } = await startGateway(cloud, config, simulator.urls);
  const told = (kind: string) =>
    cloud.told.flatMap((alert) => (alert.kind === kind ? [`${alert.code} ${alert.subject}`] : []));
  try {
    await until('the first ticks', () => cloud.received.length > 0);
    for (let broken = 0; broken < 5; broken++) {
      const connected = /^twinleg_ws_events_total\{venue="upbit",event="connected"\} (\d+)$/m;
      const page = async () => await (await fetch(`${gateway.url}/metrics`)).text();
      await until('it is connected again', async () => Number(connected.exec(await page())?.[1]) > broken);
      simulator.fault({ kind: 'drop', venue: 'upbit' });
    }
    await until('the storm is told', () => told('fired').includes('RECONNECT_STORM upbit'), 20_000);
    cloud.queuesAway = true;
    await until('the queue’s failure is told', () => told('fired').includes('ERROR_LOGGED AWS_UNAVAILABLE'), 20_000);
    cloud.queuesAway = false;
    cloud.storeAway = true;
    await until(
      'the store’s too',
      () => told('fired').some((cause) => cause.startsWith('ERROR_LOGGED INTERNAL')),
      20_000,
    );
    cloud.storeAway = false;
    const causes = told('fired');
    assert.equal(new Set(causes).size, causes.length, 'what goes on is not told with each failure');
  } finally {
    await gateway.stop();
    cloud.close();
  }
});
