import assert from 'node:assert/strict';
import type { Database } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { fillFlow, pnlUsdt } from '#core/execution/ledger.ts';
import type { Execution, Order, Pair } from '#core/execution/types.ts';
import { type Decimal, decimal, sum } from '#core/market/money.ts';
import { tradeOf } from '#core/portfolio/trade.ts';

/**
 * The small model that the product is held against: what left for the venues and what they executed, seen from outside, and
 * nothing of how the engine keeps its books.
 */
export class LedgerModel {
  readonly #orders = new Map<string, Order>();
  readonly #executions = new Map<string, Execution>();

  left(order: Order): void {
    this.#orders.set(order.id, order);
  }

  executed(orderId: string, execution: Execution | null): void {
    assert.ok(!this.#executions.has(orderId), `${orderId} was executed twice`);
    if (execution !== null) this.#executions.set(orderId, execution);
  }

  /** Holds a store at rest against what the venues did: every execution is one fill, no other fill is there, and holdings follow. */
  check(database: Database): void {
    const history = createHistory(database);
    const fills = [...history.trades(), ...history.openPositions()].flatMap((pair) => pair.fills);
    assert.deepEqual(fills.map(({ orderId }) => orderId).toSorted(), [...this.#executions.keys()].toSorted());
    for (const fill of fills) {
      const { quantity, amount, fee, feeAsset, atMs } = this.#executions.get(fill.orderId)!;
      assert.deepEqual(
        [fill.quantity, fill.amount, fill.fee, fill.feeAsset, fill.atMs],
        [quantity, amount, fee, feeAsset, atMs],
      );
    }
    this.#checkHoldings(database);
    this.#checkPnl(history.trades());
  }

  /** What every closed position earned is the sum of what its executions paid and cost in USDT, to the last digit. */
  #checkPnl(pairs: readonly Pair[]): void {
    let total = decimal(0);
    for (const pair of pairs) {
      const earned = sum(pair.fills.map(({ orderId }) => this.#flowUsdt(orderId)));
      assert.ok(pnlUsdt(pair.fills).eq(earned), `${pair.id}: ${pnlUsdt(pair.fills)}, not ${earned}`);
      const { pnlUsdt: told, fills } = tradeOf(pair);
      assert.equal(told, earned.toNumber());
      assert.ok(Math.abs(told - fills.reduce((all, fill) => all + fill.amountUsdt - fill.feeUsdt, 0)) < 1e-9);
      total = total.plus(earned);
    }
    assert.ok(sum(pairs.flatMap(({ fills }) => fills.map(fillFlow))).eq(total));
  }

  /** Won that is received counts at KRW-USDT's ask, won that is paid at its bid, the fee at the same. */
  #flowUsdt(orderId: string): Decimal {
    const { venue, side } = this.#orders.get(orderId)!;
    const { amount, fee, fxBid, fxAsk } = this.#executions.get(orderId)!;
    const inUsdt = (text: string) =>
      venue === 'binance' ? decimal(text) : decimal(text).div(side === 'sell' ? fxAsk : fxBid);
    return inUsdt(amount)
      .times(side === 'sell' ? 1 : -1)
      .minus(inUsdt(fee));
  }

  #checkHoldings(database: Database): void {
    const due = new Map<string, Decimal>();
    for (const { venue, asset, first } of firstBalances(database)) due.set(`${venue}:${asset}`, decimal(first));
    for (const [id, execution] of this.#executions) {
      const { venue, side, symbol } = this.#orders.get(id)!;
      const add = (asset: string, by: Decimal) => due.set(`${venue}:${asset}`, due.get(`${venue}:${asset}`)!.plus(by));
      const sign = side === 'buy' ? 1 : -1;
      add(symbol.split('/')[0]!, decimal(execution.quantity).times(sign));
      add(venue === 'binance' ? 'USDT' : 'KRW', decimal(execution.amount).times(-sign));
      add(execution.feeAsset, decimal(execution.fee).negated());
    }
    const { balances } = createSqliteStore(database).load();
    assert.deepEqual(Object.keys(balances).toSorted(), [...due.keys()].toSorted());
    for (const [key, quantity] of due)
      assert.ok(quantity.eq(balances[key]!), `${key}: ${balances[key]}, not ${quantity}`);
  }
}

function firstBalances({ db }: Database): { venue: string; asset: string; first: string }[] {
  const rows = db.prepare('SELECT venue, asset, first_quantity AS first FROM balance').all();
  return rows.map((row) => ({ venue: String(row.venue), asset: String(row.asset), first: String(row.first) }));
}
