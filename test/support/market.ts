import assert from 'node:assert/strict';
import type { Database } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { imbalance, pnlUsdt } from '#core/execution/ledger.ts';
import { FINAL_STATES, type Pair } from '#core/execution/types.ts';
import { type Decimal, decimal, ZERO } from '#core/market/money.ts';
import { coinOf } from '#core/market/symbol.ts';
import type { TestMachine } from './machine.ts';

function levels(pairs: [unknown, unknown][]): [number, number][] {
  return pairs
    .map(([price, size]): [number, number] => [Number(price), Number(size)])
    .filter(([price, size]) => price > 0 && size > 0);
}

// biome-ignore lint/suspicious/noExplicitAny: a frame as parsed, made by the generator beside
export function feed(t: TestMachine, atMs: number, frame: any): void {
  if (frame.stream !== undefined) {
    const symbol = `${frame.data.s.replace('USDT', '')}/USDT`;
    t.quote(atMs, 'binance', symbol, levels([[frame.data.b, frame.data.B]]), levels([[frame.data.a, frame.data.A]]));
    return;
  }
  const bids = levels(frame.orderbook_units.map((u: Record<string, number>) => [u.bid_price, u.bid_size]));
  const asks = levels(frame.orderbook_units.map((u: Record<string, number>) => [u.ask_price, u.ask_size]));
  if (frame.code === 'KRW-USDT') t.fx(atMs, bids[0]![0], asks[0]![0]);
  else t.quote(atMs, 'upbit', frame.code.replace('KRW-', '').concat('/USDT'), bids, asks);
}

/** Both venues deep and in line. */
export function calm(t: TestMachine, symbols: readonly string[], atMs: number): void {
  t.fx(atMs, 1400, 1400.5);
  for (const [i, symbol] of symbols.entries()) {
    const price = 20 * (i + 1) * (1 + i);
    t.quote(atMs, 'binance', symbol, [[price, 1e6]], [[price + 0.01, 1e6]]);
    t.quote(atMs, 'upbit', symbol, [[Math.round(price * 140) * 10, 1e6]], [[Math.round(price * 140) * 10 + 10, 1e6]]);
  }
}

/** What must hold of a store at rest, whatever happened to it before. Returns the positions that have ended. */
export function audit(database: Database, symbols: readonly string[]): Pair[] {
  const stored = createSqliteStore(database).load();
  const past = createHistory(database);
  const ended = past.trades();
  const open = past.openPositions();
  for (const pair of [...ended, ...open]) {
    assert.ok(imbalance(pair).isZero(), `${pair.id} is hedged`);
    assert.equal(pair.pending.length, 0);
    const ids = pair.fills.map(({ orderId }) => orderId);
    assert.equal(new Set(ids).size, ids.length, 'one order is one fill');
  }
  const exposure = open.reduce((total, pair) => total.plus(pair.entryNotionalUsdt), ZERO);
  assert.ok(exposure.eq(stored.exposure.totalUsdt), 'reservations are those of the open positions');
  assert.equal(stored.exposure.positions, open.length);
  assert.deepEqual(
    stored.symbols.filter(({ pair }) => pair !== null && FINAL_STATES.has(pair.state)),
    [],
  );
  checkBalances(database, [...ended, ...open], symbols);
  for (const pair of ended) assert.ok(pnlUsdt(pair.fills).toNumber() === pair.flowUsdt);
  return ended;
}

/** Every holding is what it was given at first plus all that was traded: cash and coins, to the last digit. */
function checkBalances(database: Database, pairs: readonly Pair[], symbols: readonly string[]): void {
  const change = new Map<string, Decimal>();
  const add = (key: string, by: Decimal) => change.set(key, (change.get(key) ?? ZERO).plus(by));
  for (const pair of pairs) {
    for (const fill of pair.fills) {
      const sign = fill.side === 'buy' ? 1 : -1;
      add(`${fill.venue}:${coinOf(pair.symbol)}`, decimal(fill.quantity).times(sign));
      add(`${fill.venue}:${fill.currency}`, decimal(fill.amount).times(-sign).minus(fill.fee));
    }
  }
  const held = createSqliteStore(database).load().balances;
  assert.ok(
    decimal(held['binance:USDT'] ?? 0)
      .minus(change.get('binance:USDT') ?? 0)
      .eq(5000),
  );
  for (const symbol of symbols) {
    const coin = coinOf(symbol);
    // Both venues were given the same quantity of the coin.
    const first = (venue: string) => decimal(held[`${venue}:${coin}`] ?? 0).minus(change.get(`${venue}:${coin}`) ?? 0);
    assert.ok(first('binance').eq(first('upbit')), `${coin} adds up on both venues`);
  }
}
