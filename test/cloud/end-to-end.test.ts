import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordCloud } from '#adapters/wiring/record-cloud.ts';
import { backtestTicks } from '#adapters/wiring/ticks-replay.ts';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import { parseConfig } from '#core/config.ts';
import { startSimulator } from '../../simulator/server.ts';
import { startPublisher } from '../support/cloud/publisher.ts';
import { openStage } from '../support/cloud/stage.ts';
import { EMULATORS, missingEmulator } from '../support/emulators/emulators.ts';
import { until } from '../support/until.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'SOL/USDT'];
const skip = missingEmulator('ministack');

test('a frame on a real socket comes out as a closed trade in DynamoDB, equal to a replay of what was delivered', {
  skip,
}, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'twinleg-e2e-'));
  const ministack = await EMULATORS.ministack.start();
  const simulator = await startSimulator({ coins: SYMBOLS.map((symbol) => symbol.split('/')[0]!), seed: 5, rate: 200 });
  t.after(async () => {
    await simulator.close();
    await ministack.stop();
    rmSync(directory, { recursive: true });
  });
  const stage = await openStage(ministack, {
    'cloud.logTicks': true,
    'venues.source': 'real',
    'venues.binance.wsUrl': simulator.urls.binance.wsUrl,
    'venues.binance.restUrl': simulator.urls.binance.restUrl,
    'venues.upbit.wsUrl': simulator.urls.upbit.wsUrl,
    'venues.upbit.restUrl': simulator.urls.upbit.restUrl,
    'universe.symbols': SYMBOLS,
    'strategy.cooldownSeconds': 0,
    'strategy.maxHoldSeconds': 2,
    'strategy.minProfitThreshold': 0,
    'guards.consecutiveLosses.max': null,
    'guards.commonMode.symbols': null,
    'guards.tickCoarse.maxTickBps': null,
  });
  t.after(() => stage.close());
  const made = await refreshUniverse(stage.parts);
  assert.deepEqual([made.created.length, made.mapped.length, made.failed], [4, 4, []]);

  const ended = new AbortController();
  const file = join(directory, 'delivered');
  const { config, store } = stage.parts;
  const recording = recordCloud({ config, file, signal: ended.signal, durationSeconds: undefined });
  const publisher = startPublisher(stage.parts, SYMBOLS, 1);
  const closed = () => stage.logged.filter(({ event, fields }) => event === 'pair' && fields.state === 'CLOSED').length;
  await until('five positions are closed', () => closed() >= 5, 60_000).catch((error: unknown) => {
    t.diagnostic(JSON.stringify(tally(stage.logged)));
    throw error;
  });
  await publisher.stop();
  await until('nothing is under way', async () => {
    const { symbols } = await store.load();
    return symbols.every(({ pair }) => pair === null || pair.state === 'OPEN');
  });
  ended.abort();
  const { ticks } = await recording;
  t.diagnostic(JSON.stringify({ ticks, closed: closed(), sent: publisher.sent(), ...tally(stage.logged) }));

  const replayed = await backtestTicks(
    { file: `${file}.ticks.jsonl`, guardsOn: true, configure: configured },
    { warn: (message) => assert.fail(message), measureMs: () => performance.now() },
  );
  const state = await store.load();
  const fills = stage.logged.filter(({ event }) => event === 'fill').map(({ fields }) => fields);
  const replayedFills = [...replayed.trades, ...replayed.open].flatMap(({ symbol, fills: own }) =>
    own.map(({ venue, side, quantity, price, orderId }) => ({ symbol, venue, side, quantity, price, orderId })),
  );
  const shown = ({ orderId, ...fill }: Record<string, unknown>) =>
    `${orderId} ${fill.symbol} ${fill.venue} ${fill.side} ${Number(fill.quantity)} ${Number(fill.price)}`;
  assert.deepEqual(fills.map(shown).sort(), replayedFills.map(shown).sort());
  assert.equal(replayed.trades.length, closed());
  assert.equal(state.exposure.positions, replayed.open.length);
  assert.equal(replayed.pnlUsdt, Number(state.tally.pnlUsdt));
});

function configured(recorded: unknown) {
  const parsed = parseConfig(recorded);
  assert.ok(parsed.ok);
  return parsed.config;
}

function tally(logged: readonly { event: string; fields: Record<string, unknown> }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (key: string, by = 1) => {
    counts[key] = (counts[key] ?? 0) + by;
  };
  for (const { event, fields } of logged) {
    if (event === 'evaluated') for (const [kind, count] of Object.entries(fields)) add(kind, Number(count));
    else
      add(event === 'refusal' ? `refused ${fields.code}` : event === 'tick_failed' ? `failed ${fields.code}` : event);
  }
  return counts;
}
