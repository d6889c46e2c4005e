import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type ControlState, INITIAL_CONTROL, initialSymbolState, type SymbolState } from '#core/engine/state.ts';
import { decimal } from '#core/market/money.ts';
import { type Exposure, type FirstBalance, NO_EXPOSURE } from '#core/portfolio/portfolio.ts';
import type { LeaseRecord } from '#core/ports/cloud-store.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { TableKey } from '../keys.ts';

/** An item as DynamoDB has it. */
export type Item = Record<string, AttributeValue>;

export const text = (value: string): AttributeValue => ({ S: value });
export const numeric = (value: number | string): AttributeValue => ({ N: String(value) });
export const body = (value: unknown): AttributeValue => ({ S: JSON.stringify(value) });
export const keyItem = ({ pk, sk }: TableKey): Item => ({ pk: { S: pk }, sk: { S: sk } });

/** A moment as the table's time to live takes it: whole seconds. */
export const expiry = (atMs: number): AttributeValue => numeric(Math.ceil(atMs / 1000));

export function textOf(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`item ${item.pk?.S}/${item.sk?.S} has no ${name}`);
  return value;
}

export function numberOf(item: Item | undefined, name: string): number | undefined {
  const value = item?.[name]?.N;
  return value === undefined ? undefined : Number(value);
}

/** DynamoDB keeps 38 digits and writes them its own way; here a decimal has one text. */
export function moneyOf(item: Item, name: string): string {
  return decimal(item[name]?.N ?? '0').toString();
}

/** @param name of the attribute that holds JSON */
export function bodyOf<T>(item: Item, name = 'body'): T {
  return JSON.parse(textOf(item, name)) as T;
}

export function controlOf(item: Item | undefined): ControlState {
  // The item may hold the gateways' epoch alone.
  return item?.version === undefined ? INITIAL_CONTROL : bodyOf<ControlState>(item);
}

export function symbolOf(item: Item | undefined, symbol: string): SymbolState {
  return item === undefined ? initialSymbolState(symbol) : bodyOf<SymbolState>(item);
}

export function symbolItem(key: TableKey, state: SymbolState, writer: string): Item {
  return {
    ...keyItem(key),
    symbol: text(state.symbol),
    version: numeric(state.version),
    epoch: numeric(state.epoch),
    seq: numeric(state.seq),
    ...(state.pair === null ? {} : { positionId: text(state.pair.id) }),
    writer: text(writer),
    body: body(state),
  };
}

export function exposureOf(item: Item | undefined): Exposure {
  if (item === undefined) return NO_EXPOSURE;
  return {
    totalUsdt: moneyOf(item, 'totalUsdt'),
    byDirection: { SELL_UPBIT: moneyOf(item, 'sellUpbitUsdt'), SELL_BINANCE: moneyOf(item, 'sellBinanceUsdt') },
    positions: numberOf(item, 'positions') ?? 0,
  };
}

/** What lies on the venues, and what lay there first. */
export function balancesOf(items: readonly Item[]): Pick<StoredState, 'balances' | 'firstBalances'> {
  const balances: Record<string, string> = {};
  const firstBalances: Record<string, FirstBalance> = {};
  for (const item of items) {
    const key = `${textOf(item, 'venue')}:${textOf(item, 'asset')}`;
    balances[key] = moneyOf(item, 'quantity');
    const first = item.first?.S;
    if (first !== undefined) firstBalances[key] = { quantity: first, valueUsdt: item.firstValueUsdt?.S ?? null };
  }
  return { balances, firstBalances };
}

export function leaseOf(item: Item | undefined): LeaseRecord | null {
  if (item === undefined) return null;
  const { epoch, beat } = { epoch: numberOf(item, 'epoch') ?? 0, beat: numberOf(item, 'beat') ?? 0 };
  return { epoch, beat, holder: textOf(item, 'holder'), released: item.released?.BOOL ?? false };
}
