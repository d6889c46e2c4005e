import type { SymbolState } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import { decimal, ZERO } from '#core/market/money.ts';
import { isTrade } from '#core/portfolio/trade.ts';
import type { StoredState } from '#core/ports/store.ts';
import { type AuditFinding, changesByFills, finding, listing, pairFindings, problems } from '../audit.ts';
import { createTableKeys } from '../keys.ts';
import type { TableAccess } from './access.ts';
import { balancesOf, bodyOf, exposureOf, type Item, numberOf } from './items.ts';
import { examineTableKeys, kindOf } from './keyspace.ts';
import type { TableOwner } from './owner.ts';

type AuditedState = Omit<StoredState, 'control' | 'tally'>;

/** Examines a table without changing it: whether all that it holds adds up. */
export async function auditTable(access: TableAccess, owner: TableOwner): Promise<AuditFinding[]> {
  const items: Item[] = [];
  for await (const page of access.scan()) items.push(...page);
  const keys = createTableKeys(owner.mode, owner.source);
  const of = (kind: string) => items.filter((item) => kindOf(item.pk?.S ?? '', keys.environment) === kind);
  const symbolItems = of('symbol');
  const state: AuditedState = {
    symbols: symbolItems.map((item) => bodyOf<SymbolState>(item)),
    exposure: exposureOf(of('exposure')[0]),
    ...balancesOf(of('balance')),
  };
  const open = state.symbols.flatMap(({ pair }) => pair ?? []);
  const ended = of('position').map((item) => bodyOf<Pair>(item));
  const trades = ended.filter(isTrade);
  const endedIds = new Set(ended.map(({ id }) => id));
  const { foreign, shared, expiry } = examineTableKeys(items, keys);
  return [
    ...pairFindings(state, open, trades),
    finding('exposure by direction', ...directions(state, open)),
    listing('open positions not ended', open, (pair) => !endedIds.has(pair.id), 'open and ended at once'),
    problems(
      'conditions of symbols',
      symbolItems.filter((item) => !agrees(item)).map((item) => item.sk?.S ?? ''),
      'version, epoch, number and position are those of the state',
    ),
    balanceFinding(state, [...ended, ...open]),
    problems('keys', foreign, `${items.length} keys, each as the key builder makes it of its item`),
    problems('keys of symbols', shared, 'no two symbols share one'),
    problems('expiry of keys', expiry, 'what is ephemeral expires, and nothing else does'),
  ];
}

function directions({ exposure }: AuditedState, open: readonly Pair[]): [boolean, string] {
  const sums = { SELL_UPBIT: ZERO, SELL_BINANCE: ZERO };
  for (const { direction, entryNotionalUsdt } of open) sums[direction] = sums[direction].plus(entryNotionalUsdt);
  const { SELL_UPBIT, SELL_BINANCE } = exposure.byDirection;
  const isRight = sums.SELL_UPBIT.eq(SELL_UPBIT) && sums.SELL_BINANCE.eq(SELL_BINANCE);
  return [isRight, `${SELL_UPBIT} and ${SELL_BINANCE} USDT; open: ${sums.SELL_UPBIT} and ${sums.SELL_BINANCE}`];
}

/** Whether what conditions ask of an item is what its body says. */
function agrees(item: Item): boolean {
  const { version, epoch, seq, pair } = bodyOf<SymbolState>(item);
  return (
    numberOf(item, 'version') === version &&
    numberOf(item, 'epoch') === epoch &&
    numberOf(item, 'seq') === seq &&
    item.positionId?.S === pair?.id
  );
}

/** Holdings are their first balance and all that was filled since; those whose first balance is unknown are left out. */
function balanceFinding({ balances, firstBalances }: AuditedState, pairs: readonly Pair[]): AuditFinding {
  const change = changesByFills(pairs.flatMap(({ symbol, fills }) => fills.map((fill) => ({ symbol, fill }))));
  const first = Object.entries(firstBalances);
  const wrong = first.flatMap(([key, { quantity }]) => {
    const due = decimal(quantity).plus(change.get(key) ?? ZERO);
    return due.eq(balances[key] ?? 0) ? [] : [`${key} is ${balances[key] ?? 0}, not ${due}`];
  });
  return problems('balances', wrong, `${first.length} are their first balance and all fills since`);
}
