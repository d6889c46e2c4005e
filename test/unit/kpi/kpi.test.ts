import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { addTrade, KPIS, KpiBook, kpiValues, type NamedStates, namedStates, statesOf } from '#core/kpi/index.ts';
import type { ClosedTrade } from '#core/kpi/types.ts';
import { decimal } from '#core/market/money.ts';
import { type PlainTrade, plainKpis } from '../../reference/kpi.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const cents = (most: number) => fc.integer({ min: -most, max: most }).map((n) => n / 100);

const step = fc.record({
  pnl: cents(20_000),
  fees: cents(300).map(Math.abs),
  slippage: cents(200),
  fx: cents(500),
  notional: fc.integer({ min: 5, max: 5000 }),
  seen: cents(500),
  heldMs: fc.integer({ min: 0, max: 3_600_000 }),
  sinceLastMs: fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 9 * DAY })),
  nakedMs: fc.integer({ min: 0, max: 20_000 }),
  oneLegged: fc.boolean(),
});

const histories = fc.array(step, { maxLength: 60 }).map((steps) => {
  let atMs = START;
  return steps.map(({ sinceLastMs, heldMs, ...rest }): PlainTrade => {
    atMs += sinceLastMs;
    return { ...rest, closedAtMs: atMs, openedAtMs: atMs - heldMs };
  });
});

function asClosed(t: PlainTrade): ClosedTrade {
  const { pnl, openedAtMs, closedAtMs, nakedMs, oneLegged } = t;
  return {
    pnlUsdt: decimal(pnl),
    feesUsdt: decimal(t.fees),
    pnl,
    fees: t.fees,
    openedAtMs,
    closedAtMs,
    entryNotionalUsdt: t.notional,
    seenEdgeUsdt: t.seen,
    slippageUsdt: t.slippage,
    fxEffectUsdt: t.fx,
    nakedMs,
    oneLegged,
  };
}

function near(actual: Readonly<Record<string, number | null>>, expected: Record<string, number | null>): void {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    const mine = actual[name]!;
    if (value === null || mine === null) assert.equal(mine, value, name);
    else assert.ok(Math.abs(mine - value) <= 1e-9 * Math.max(1, Math.abs(value)), `${name}: ${mine}, not ${value}`);
  }
}

test('kept trade by trade, through JSON each time, every figure equals a plain recomputation', () => {
  fc.assert(
    fc.property(histories, (trades) => {
      let named: NamedStates = {};
      for (const trade of trades) {
        const states = statesOf(named);
        addTrade(states, asClosed(trade));
        named = JSON.parse(JSON.stringify(namedStates(states)));
      }
      const facts = { capitalUsdt: 30_000, runwayEntries: 9.5 };
      near(kpiValues(statesOf(named), facts), plainKpis(trades, { capital: 30_000, runway: 9.5 }));
    }),
    { numRuns: 2000, seed: 20260101 },
  );
});

test('a symbol’s figures are those of its own trades, the total’s those of all', () => {
  fc.assert(
    fc.property(histories, (trades) => {
      const book = new KpiBook();
      const symbolOf = (i: number) => (i % 3 === 0 ? 'BTC/USDT' : 'ETH/USDT');
      for (const [i, trade] of trades.entries()) book.add(symbolOf(i), asClosed(trade));
      const { total, symbols } = book.report();
      near(total, plainKpis(trades));
      for (const [symbol, values] of Object.entries(symbols)) {
        near(values, plainKpis(trades.filter((_, i) => symbolOf(i) === symbol)));
      }
    }),
    { numRuns: 200, seed: 7 },
  );
});

const trade = (pnl: number, closedAtMs = START): PlainTrade => {
  const rest = { fees: 1, slippage: 0, fx: 0, notional: 500, seen: 1, nakedMs: 0, oneLegged: false };
  return { pnl, closedAtMs, openedAtMs: closedAtMs - 1000, ...rest };
};

function valuesOf(...trades: PlainTrade[]) {
  const states = statesOf({});
  for (const each of trades) addTrade(states, asClosed(each));
  return kpiValues(states);
}

test('no trade: counts and sums are 0, ratios have no value', () => {
  const values = kpiValues(statesOf({}));
  assert.equal(values.trades, 0);
  assert.equal(values.pnlUsdt, 0);
  for (const name of ['winRate', 'sharpe', 'sortino', 'calmar', 'profitFactor', 'expectancyUsdt', 'captureRatio']) {
    assert.equal(values[name], null, name);
  }
});

test('one trade has no deviation; without a loss there is no Sortino, Calmar or profit factor', () => {
  const values = valuesOf(trade(2));
  assert.equal(values.sharpe, null);
  assert.equal(values.winRate, 1);
  assert.equal(values.maxDrawdownUsdt, 0);
  const gains = valuesOf(trade(2), trade(3, START + DAY));
  assert.notEqual(gains.sharpe, null);
  for (const name of ['sortino', 'calmar', 'profitFactor']) assert.equal(gains[name], null, name);
});

test('a first trade that loses falls from the start', () => {
  const values = valuesOf(trade(-3), trade(1, START + 1));
  assert.equal(values.maxDrawdownUsdt, 3);
  assert.equal(values.profitFactor, 1 / 3);
  assert.equal(values.calmar, (-2 * 365) / 3);
});

test('days that are alike have no Sharpe ratio; known values by hand', () => {
  assert.equal(valuesOf(trade(0.1), trade(0.1, START + DAY), trade(0.1, START + 2 * DAY)).sharpe, null);
  // Days 3, 0, −1: mean 2/3, sample deviation √(13/3), downside √(1/3).
  const values = valuesOf(trade(3), trade(-1, START + 2 * DAY));
  assert.ok(Math.abs(values.sharpe! - (2 / 3 / Math.sqrt(13 / 3)) * Math.sqrt(365)) < 1e-9);
  assert.ok(Math.abs(values.sortino! - (2 / 3 / Math.sqrt(1 / 3)) * Math.sqrt(365)) < 1e-9);
});

test('the return is on all capital: symbols add up to the total; without a known capital there is none', () => {
  const book = new KpiBook();
  book.add('BTC/USDT', asClosed(trade(3)));
  book.add('ETH/USDT', asClosed(trade(-1)));
  const portfolio = { firstValueUsdt: 1000, runwayEntries: 1.5, runwayBySymbol: { 'BTC/USDT': 1.5, 'ETH/USDT': null } };
  const { total, symbols } = book.report(portfolio);
  assert.deepEqual([total.returnOnCapital, total.runwayEntries], [0.002, 1.5]);
  assert.deepEqual([symbols['BTC/USDT']!.returnOnCapital, symbols['BTC/USDT']!.runwayEntries], [0.003, 1.5]);
  assert.deepEqual([symbols['ETH/USDT']!.returnOnCapital, symbols['ETH/USDT']!.runwayEntries], [-0.001, null]);
  assert.deepEqual([book.report().total.returnOnCapital, book.report().total.runwayEntries], [null, null]);
});

test('every figure is defined in the documentation, and nothing else is', () => {
  const page = readFileSync(new URL('../../../docs/kpis.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
  assert.deepEqual(
    documented,
    KPIS.map(({ name }) => name),
  );
});
