import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '#adapters/metrics/prometheus.ts';
import { createKpiTable } from '#adapters/store/sqlite/kpi-table.ts';
import { gaugedMachine } from '#adapters/wiring/gauges.ts';
import { setPortfolio } from '#adapters/wiring/portfolio-gauges.ts';
import { PortfolioView } from '#adapters/wiring/portfolio-view.ts';
import { exposureView } from '#core/portfolio/exposure.ts';
import { testMachine } from '../../support/machine.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const START = 1_700_000_000_000;
const deep = 1e6;

function start(raw = {}) {
  const t = testMachine({ raw: { universe: { symbols: SYMBOLS }, paper: { latencyMs: 0 }, ...raw }, guardsOn: false });
  t.machine.start(START);
  t.fx(START, 1400, 1400);
  for (const symbol of SYMBOLS) {
    t.quote(START, 'binance', symbol, [[100, deep]], [[100, deep]]);
    t.quote(START + 1, 'upbit', symbol, [[140_000, deep]], [[140_000, deep]]);
  }
  return { ...t, view: new PortfolioView(t.machine) };
}

/** Binance and Upbit move together: no edge opens. */
function move(t: ReturnType<typeof start>, atMs: number, factor: number): void {
  t.fx(atMs, 1400, 1400);
  for (const symbol of SYMBOLS) {
    t.quote(atMs, 'binance', symbol, [[100 * factor, deep]], [[100 * factor, deep]]);
    t.quote(atMs, 'upbit', symbol, [[140_000 * factor, deep]], [[140_000 * factor, deep]]);
  }
}

const near = (actual: number | null, expected: number) =>
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);

test('first balances keep their value: what prices do to them afterwards is inventory PnL, not arbitrage', () => {
  const t = start({ strategy: { minProfitThreshold: 0.5 } });
  const first = t.view.report();
  near(first.firstValueUsdt, 30_000);
  near(first.valueUsdt, 30_000);
  near(first.inventoryPnlUsdt, 0);
  move(t, START + 1000, 1.1);
  const risen = t.view.report();
  near(risen.firstValueUsdt, 30_000);
  near(risen.inventoryPnlUsdt, 2000);
  near(risen.tradedUsdt, 0);
  near(risen.valueByVenue.binance, 5000 + 2 * 5500);
  assert.deepEqual(
    risen.coinDelta.map(({ coin, delta, deltaUsdt }) => [coin, delta, deltaUsdt]),
    [
      ['BTC', 0, 0],
      ['ETH', 0, 0],
    ],
  );
  assert.deepEqual(risen.unpriced, []);
  t.close();
});

test('value = first value + inventory PnL + what trades moved, with a position open and after its close', () => {
  const t = start();
  t.quote(START + 1000, 'binance', SYMBOLS[0]!, [[99.99, deep]], [[100, deep]]);
  t.quote(START + 1000, 'upbit', SYMBOLS[0]!, [[143_000, deep]], [[143_050, deep]]);
  assert.equal(t.machine.engine.exposure.positions, 1);
  const sums = () => {
    const report = t.view.report();
    near(report.valueUsdt, report.firstValueUsdt! + report.inventoryPnlUsdt! + report.tradedUsdt!);
    return report;
  };
  const open = sums();
  near(open.coinDelta[0]!.delta, 0);
  const exposure = exposureView(t.machine.engine.exposure, t.machine.engine.states);
  assert.deepEqual(exposure.bySymbol, { 'BTC/USDT': exposure.totalUsdt });
  assert.deepEqual(exposure.byVenue, { binance: exposure.totalUsdt, upbit: exposure.totalUsdt });
  assert.deepEqual(exposure.byDirection, { SELL_UPBIT: exposure.totalUsdt, SELL_BINANCE: 0 });
  t.quote(START + 2000, 'upbit', SYMBOLS[0]!, [[139_990, deep]], [[140_000, deep]]);
  t.quote(START + 2000, 'binance', SYMBOLS[0]!, [[100, deep]], [[100, deep]]);
  assert.equal(t.machine.engine.exposure.positions, 0);
  const closed = sums();
  assert.ok(closed.tradedUsdt! > 5, `${closed.tradedUsdt}`);
  assert.deepEqual(exposureView(t.machine.engine.exposure, t.machine.engine.states).bySymbol, {});
  t.close();
});

test('capital needed: coins of every symbol on both venues, quote currencies up to the largest exposure; runway by weight', () => {
  const t = start({ portfolio: { maxTotalExposureUsdt: 600 } });
  const { capitalNeeded, runwayBySymbol, runwayEntries } = t.view.report();
  assert.deepEqual(capitalNeeded, { totalUsdt: 2 * 1000 + 2 * 600, bySymbol: { 'BTC/USDT': 2000, 'ETH/USDT': 2000 } });
  near(runwayEntries, 10);
  near(runwayBySymbol['ETH/USDT']!, 10);
  t.close();
});

test('what is not known is left out and named', () => {
  const t = start({ paper: { latencyMs: 0, balances: { binance: { USDT: 100, BTC: 1 }, upbit: { KRW: 140_000 } } } });
  const { firstValueUsdt, runwayEntries, unpriced } = t.view.report();
  near(firstValueUsdt, 300);
  near(runwayEntries, 0);
  assert.deepEqual(unpriced, [], 'nothing held of a coin is worth nothing');
  const store = t.machine.store.load();
  assert.deepEqual(store.firstBalances['binance:BTC'], { quantity: '1', valueUsdt: '100' });
  t.close();
});

test('every series of the portfolio is served: exposure by symbol and venue, inventory, runway, risk-adjusted results', async () => {
  const t = start();
  t.quote(START + 1000, 'upbit', SYMBOLS[0]!, [[143_000, deep]], [[143_050, deep]]);
  const metrics = createMetrics('run', () => {
    const portfolio = t.view.report();
    const { account, kpi } = gaugedMachine(t.machine, createKpiTable(t.database).book(), portfolio);
    setPortfolio(metrics, SYMBOLS, account, kpi, portfolio);
  });
  const page = (await metrics.reading.page()).split('\n');
  const value = (series: string) => Number(page.find((line) => line.startsWith(`twinleg_${series} `))?.split(' ')[1]);
  const exposure = Number(t.machine.engine.exposure.totalUsdt);
  assert.ok(exposure > 400);
  assert.equal(value('exposure_symbol_usdt{symbol="BTC/USDT"}'), exposure);
  assert.equal(value('exposure_symbol_usdt{symbol="ETH/USDT"}'), 0);
  assert.equal(value('exposure_venue_usdt{venue="upbit"}'), exposure);
  near(value('capital_usdt'), 30_000);
  assert.equal(value('capital_needed_usdt'), 4000);
  near(
    value('inventory_value_usdt{venue="binance"}') + value('inventory_value_usdt{venue="upbit"}'),
    t.view.report().valueUsdt,
  );
  near(value('inventory_runway_entries{symbol="BTC/USDT"}'), t.view.report().runwayBySymbol['BTC/USDT']!);
  assert.deepEqual([value('return_on_capital'), value('drawdown_usdt'), value('max_drawdown_usdt')], [0, 0, 0]);
  assert.ok(page.includes('twinleg_sharpe_ratio Nan'), 'no value yet is no number, not 0');
  assert.equal(value('coin_delta_usdt{asset="ETH"}'), 0);
  t.close();
});
