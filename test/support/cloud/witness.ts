import assert from 'node:assert/strict';
import { imbalance } from '#core/execution/ledger.ts';
import { type Execution, FINAL_STATES, type Fill, type Pair } from '#core/execution/types.ts';
import { type Decimal, decimal, ZERO } from '#core/market/money.ts';
import { coinOf } from '#core/market/symbol.ts';
import { isTrade } from '#core/portfolio/trade.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';

/** Sees every write of every handler at the store itself, and knows at the end what has to be there. */
export class Witness {
  readonly #fills: (Fill & { readonly symbol: string })[] = [];
  readonly #executed = new Map<string, Execution | null>();
  readonly #ended: Pair[] = [];
  readonly #capUsdt: number;
  readonly #own: Pick<CloudStore, 'readInterest'>;

  /** @param own asked for what is stored: an answer to a commit tells what is reserved as its store remembers the others */
  constructor(capUsdt: number, own: Pick<CloudStore, 'readInterest'>) {
    this.#capUsdt = capUsdt;
    this.#own = own;
  }

  get trades(): number {
    return this.#ended.filter(isTrade).length;
  }

  watch(store: CloudStore): CloudStore {
    return {
      ...store,
      commit: async (request) => {
        const result = await store.commit(request);
        if (!result.ok) return result;
        const { fills, pair } = request.transition;
        this.#fills.push(...fills.map((fill) => ({ ...fill, symbol: pair.symbol })));
        if (FINAL_STATES.has(pair.state)) this.#ended.push(pair);
        const reserved = decimal((await this.#own.readInterest([])).exposure.totalUsdt);
        assert.ok(reserved.lte(this.#capUsdt) && reserved.gte(0), `${reserved} USDT are reserved`);
        return result;
      },
      venueOrders: {
        get: (id) => store.venueOrders.get(id),
        keep: async (id, execution) => {
          const kept = await store.venueOrders.keep(id, execution);
          this.#executed.set(id, kept);
          return kept;
        },
      },
    };
  }

  /** At rest: what was executed is booked once, what was booked is held, nothing is naked or reserved. */
  async check(store: CloudStore): Promise<void> {
    const { symbols, exposure, balances, firstBalances, tally } = await store.load();
    for (const { symbol, pair } of symbols) assert.equal(pair, null, `${symbol} is flat`);
    assert.ok(decimal(exposure.totalUsdt).isZero() && exposure.positions === 0, 'nothing is reserved');
    const ids = this.#ended.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, 'each position ended once');
    for (const pair of this.#ended) assert.ok(imbalance(pair).isZero(), `${pair.id} is hedged or unwound`);
    const executed = [...this.#executed].flatMap(([id, done]) => (done === null ? [] : [`${id} ${done.amount}`]));
    assert.deepEqual(this.#fills.map(({ orderId, amount }) => `${orderId} ${amount}`).sort(), executed.sort());
    for (const [key, change] of this.#changes()) {
      const first = firstBalances[key]?.quantity ?? 0;
      assert.ok(
        decimal(first)
          .plus(change)
          .eq(balances[key] ?? 0),
        `${key} adds up`,
      );
    }
    if (this.trades === 0) assert.equal(tally.pnlUsdt, '0');
  }

  #changes(): Map<string, Decimal> {
    const changes = new Map<string, Decimal>();
    const add = (key: string, by: Decimal) => changes.set(key, (changes.get(key) ?? ZERO).plus(by));
    for (const { venue, side, quantity, amount, currency, fee, feeAsset, symbol } of this.#fills) {
      const sign = side === 'buy' ? 1 : -1;
      add(`${venue}:${coinOf(symbol)}`, decimal(quantity).times(sign));
      add(`${venue}:${currency}`, decimal(amount).times(-sign));
      add(`${venue}:${feeAsset}`, decimal(fee).negated());
    }
    return changes;
  }
}
