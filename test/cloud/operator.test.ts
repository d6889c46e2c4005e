import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControlState, DecisionRecord } from '#core/engine/state.ts';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import { TradingStage } from '../support/cloud/trading.ts';
import { missingEmulator } from '../support/emulators/emulators.ts';
import { until } from '../support/until.ts';

const skip = missingEmulator('ministack');
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
/** So much dearer a coin opens, and stays open whatever bursts come, until it is cheap again or somebody closes it. */
const DEAR = 1.018;

test('the operator of a deployment that trades: pause, flatten, resume and halt are obeyed by functions elsewhere', {
  skip,
}, async (t) => {
  const trading = await TradingStage.open({
    'universe.symbols': SYMBOLS,
    'strategy.minProfitThreshold': 0.001,
    'strategy.maxHoldSeconds': 600,
    'strategy.stopLoss': 0.5,
    'guards.fxInsane.maxDeviation': null,
  });
  t.after(() => trading.close());
  const { simulator, stage } = trading;
  const price = (symbol: 'BTC' | 'ETH', factor: number) =>
    simulator.fault({ kind: 'halve', venue: 'upbit', symbol, factor });
  const positionOf = async (symbol: string) =>
    (await stage.parts.store.load()).symbols.find((state) => state.symbol === symbol)?.pair ?? null;
  const opens = (symbol: string) =>
    until(`${symbol} opens`, async () => (await positionOf(symbol))?.state === 'OPEN', 60_000);
  const closes = (symbol: string) =>
    until(`${symbol} is closed`, async () => (await positionOf(symbol)) === null, 60_000);
  /** Waits for a decision that is logged from now on. */
  function told(what: string, fits: (fields: Record<string, unknown>) => boolean): Promise<unknown> {
    const before = stage.logged.length;
    const found = () => stage.logged.slice(before).some(({ event, fields }) => event === 'refusal' && fits(fields));
    return until(what, found, 60_000);
  }
  const say = (...args: string[]) => trading.twinleg<Pick<ControlState, 'tradingState' | 'flatten'>>(...args);

  const gateway = trading.startGateway();
  await gateway.saying('lease_taken');
  price('BTC', DEAR);
  await opens('BTC/USDT');

  assert.equal((await say('pause', '--reason', 'lunch')).tradingState, 'REDUCE_ONLY');
  const refused = told(
    'an entry is refused',
    ({ symbol, decision }) => symbol === 'ETH/USDT' && decision === 'REFUSED',
  );
  price('ETH', DEAR);
  await refused;
  assert.equal(await positionOf('ETH/USDT'), null);
  const why = await trading.twinleg<DecisionRecord[]>('why', 'ETH');
  assert.ok(
    why.some(({ decision }) => decision === 'REFUSED'),
    JSON.stringify(why),
  );

  const flattened = await say('flatten');
  assert.deepEqual([flattened.tradingState, flattened.flatten], ['REDUCE_ONLY', true]);
  await closes('BTC/USDT');
  assert.deepEqual(await trading.twinleg<PositionView[]>('positions'), []);
  const reasons = (await trading.twinleg<Trade[]>('trades')).map(({ reason }) => reason);
  assert.ok(reasons.includes('FLATTEN'), reasons.join());

  assert.equal((await say('resume')).tradingState, 'ACTIVE');
  await opens('ETH/USDT');

  assert.equal((await say('halt')).tradingState, 'HALTED');
  const judged = () => trading.tally().in_time ?? 0;
  const before = judged();
  price('ETH', 1);
  await until('ticks that would close it are judged', () => judged() > before + 5, 60_000);
  assert.equal((await positionOf('ETH/USDT'))?.state, 'OPEN');
  await say('flatten');
  await closes('ETH/USDT');
  await trading.atRest();
  assert.equal(await gateway.stop(), 0);
  assert.equal(await trading.mismatch(), null);
});
