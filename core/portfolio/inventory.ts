import { decimal } from '../market/money.ts';
import type { StoredState } from '../ports/store.ts';
import {
  type BalanceChange,
  type Balances,
  balanceKey,
  type FirstBalance,
  type FirstBalances,
  type SeedBalance,
} from './portfolio.ts';

/** What lies on the venues, and what lay there first: as stored at the start, then brought along with every commit. */
export class Inventory {
  readonly #held: Map<string, string>;
  readonly #first: Map<string, FirstBalance>;

  constructor(held: Readonly<Record<string, string>>, first: Readonly<Record<string, FirstBalance>>) {
    this.#held = new Map(Object.entries(held));
    this.#first = new Map(Object.entries(first));
  }

  /** What is stored, whatever was known before. */
  take({ balances, firstBalances }: Pick<StoredState, 'balances' | 'firstBalances'>): void {
    for (const [key, quantity] of Object.entries(balances)) this.#held.set(key, quantity);
    for (const [key, first] of Object.entries(firstBalances)) this.#first.set(key, first);
  }

  get held(): Balances {
    return this.#held;
  }

  get first(): FirstBalances {
    return this.#first;
  }

  /** Of first balances, those of assets that have none yet. */
  missing(balances: readonly SeedBalance[]): SeedBalance[] {
    return balances.filter(({ venue, asset }) => !this.#held.has(balanceKey(venue, asset)));
  }

  give(balances: readonly SeedBalance[]): void {
    for (const { venue, asset, quantity, valueUsdt } of balances) {
      this.#held.set(balanceKey(venue, asset), quantity);
      this.#first.set(balanceKey(venue, asset), { quantity, valueUsdt });
    }
  }

  /** Books a signed change on a holding. */
  apply({ venue, asset, quantity }: BalanceChange): void {
    const key = balanceKey(venue, asset);
    const held = decimal(this.#held.get(key) ?? '0');
    this.#held.set(key, held.plus(quantity).toString());
  }
}
