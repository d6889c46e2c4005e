import { imbalance } from '#core/execution/ledger.ts';
import { FINAL_STATES, type Fill, type Pair } from '#core/execution/types.ts';
import { type Decimal, decimal, ZERO } from '#core/market/money.ts';
import { coinOf } from '#core/market/symbol.ts';
import { balanceKey } from '#core/portfolio/portfolio.ts';
import type { StoredState } from '#core/ports/store.ts';

/** One thing that must hold of every store, and what was found. */
export interface AuditFinding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What must hold of positions and reservations, wherever they are stored. */
export function pairFindings(
  state: Pick<StoredState, 'exposure' | 'symbols'>,
  open: readonly Pair[],
  trades: readonly Pair[],
): AuditFinding[] {
  const { exposure, symbols } = state;
  const reserved = open.reduce((total, pair) => total.plus(pair.entryNotionalUsdt), ZERO);
  return [
    finding(
      'exposure',
      reserved.eq(exposure.totalUsdt) && exposure.positions === open.length,
      `${exposure.totalUsdt} USDT reserved for ${exposure.positions}; open positions: ${reserved} USDT, ${open.length}`,
    ),
    listing('ended positions hedged', trades, (pair) => imbalance(pair).isZero(), 'left with an excess'),
    listing('one fill an order', [...trades, ...open], hasDistinctOrders, 'with an order filled twice'),
    listing('sums of fills', trades, sumsUp, 'whose flow is not the sum of its fills'),
    listing(
      'positions of symbols',
      symbols.flatMap(({ pair }) => pair ?? []),
      (pair) => !FINAL_STATES.has(pair.state),
      'ended, and still held by their symbol',
    ),
  ];
}

/** What fills have changed of each holding, `venue:asset`. */
export function changesByFills(
  fills: Iterable<{ readonly symbol: string; readonly fill: Fill }>,
): Map<string, Decimal> {
  const change = new Map<string, Decimal>();
  const add = (key: string, by: Decimal) => change.set(key, (change.get(key) ?? ZERO).plus(by));
  for (const { symbol, fill } of fills) {
    const sign = fill.side === 'buy' ? 1 : -1;
    add(balanceKey(fill.venue, coinOf(symbol)), decimal(fill.quantity).times(sign));
    add(balanceKey(fill.venue, fill.currency), decimal(fill.amount).times(-sign));
    add(balanceKey(fill.venue, fill.feeAsset), decimal(fill.fee).negated());
  }
  return change;
}

export function finding(name: string, ok: boolean, detail: string): AuditFinding {
  return { name, ok, detail };
}

/** @param fine what is said where nothing was found */
export function problems(name: string, found: readonly string[], fine: string): AuditFinding {
  if (found.length === 0) return finding(name, true, fine);
  return finding(name, false, `${found.length} wrong: ${found.slice(0, 5).join('; ')}`);
}

export function listing(
  name: string,
  pairs: readonly Pair[],
  holds: (pair: Pair) => boolean,
  fault: string,
): AuditFinding {
  const bad = pairs.filter((pair) => !holds(pair)).map(({ id }) => id);
  if (bad.length === 0) return finding(name, true, `${pairs.length} checked`);
  return finding(name, false, `${bad.length} of ${pairs.length} ${fault}: ${bad.slice(0, 5).join(', ')}`);
}

function hasDistinctOrders({ fills }: Pair): boolean {
  return new Set(fills.map(({ orderId }) => orderId)).size === fills.length;
}

function sumsUp({ fills, flowUsdt }: Pair): boolean {
  let flow = ZERO;
  for (const fill of fills) flow = flow.plus(fill.amountUsdt).minus(decimal(fill.feeUsdt));
  return flow.toNumber() === flowUsdt;
}
