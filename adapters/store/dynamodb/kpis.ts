import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SymbolState } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import { closedTrade } from '#core/kpi/closed-trade.ts';
import { KpiBook, type NamedBook } from '#core/kpi/index.ts';
import { isTrade } from '#core/portfolio/trade.ts';
import type { RolledUp } from '#core/ports/records.ts';
import { ordered, type TableKeys } from '../keys.ts';
import type { TableAccess } from './access.ts';
import { body, bodyOf, type Item, keyItem, numberOf, numeric } from './items.ts';

/** No two clocks of a deployment differ by more, ms. */
const CLOCKS_MS = 60_000;

/** The figures of all closed positions: those rolled up, and those closed since. */
export async function readKpis(access: TableAccess, keys: TableKeys): Promise<KpiBook> {
  const { book, horizonMs } = await readRolledUp(access, keys);
  await addClosed(access, keys, book, horizonMs, Number.POSITIVE_INFINITY);
  return book;
}

/**
 * Brings the stored figures up to date with every position that is certain to be there: only whoever reads them later has
 * less to count. Who is slower than another changes nothing.
 *
 * @returns how many trades were added
 */
export async function rollUpKpis(access: TableAccess, keys: TableKeys, nowMs: number): Promise<number> {
  const stored = await readRolledUp(access, keys);
  const symbols = await access.query(keys.partition('symbol'));
  const horizonMs = settledBefore(
    symbols.map((item) => bodyOf<SymbolState>(item)),
    nowMs,
  );
  if (horizonMs <= stored.horizonMs) return 0;
  const { book } = stored;
  const added = await addClosed(access, keys, book, stored.horizonMs, horizonMs);
  if (added === 0) return 0;
  const isNew = stored.item === undefined;
  const command = new PutItemCommand({
    TableName: access.target.table,
    Item: { ...keyItem(keys.kpi(null)), horizonMs: numeric(horizonMs), body: body(book.named()) },
    ConditionExpression: isNew ? 'attribute_not_exists(pk)' : 'horizonMs = :seen',
    ...(isNew ? {} : { ExpressionAttributeValues: { ':seen': numeric(stored.horizonMs) } }),
  });
  return (await access.writeIf(() => access.client.send(command))) ? added : 0;
}

/** The figures as they are stored. */
export async function readRolledUp(access: TableAccess, keys: TableKeys): Promise<RolledUp & { item?: Item }> {
  const item = await access.getOne(keys.kpi(null));
  const book = new KpiBook();
  if (item === undefined) return { book, horizonMs: 0 };
  const { total, symbols } = bodyOf<NamedBook>(item);
  book.restore(total, Object.entries(symbols));
  return { book, item, horizonMs: numberOf(item, 'horizonMs') ?? 0 };
}

/** Adds the trades closed from one moment up to, and without, another; in the order of their close. */
async function addClosed(
  access: TableAccess,
  keys: TableKeys,
  book: KpiBook,
  fromMs: number,
  toMs: number,
): Promise<number> {
  const until = toMs === Number.POSITIVE_INFINITY ? undefined : ordered(toMs);
  let added = 0;
  for (const item of await access.query(keys.partition('position'), { from: ordered(fromMs) })) {
    if (until !== undefined && (item.sk?.S ?? '') >= until) break;
    const pair = bodyOf<Pair>(item);
    if (!isTrade(pair)) continue;
    book.add(pair.symbol, closedTrade(pair));
    added++;
  }
  return added;
}

/**
 * Before which moment every position that ever ends has ended: one that is open ended at its decision at the earliest, and
 * one that is decided later ends later.
 *
 * @param symbols as they were read, strongly consistent, at `nowMs`
 */
function settledBefore(symbols: readonly SymbolState[], nowMs: number): number {
  return symbols.reduce(
    (earliest, { pair }) => (pair === null ? earliest : Math.min(earliest, pair.decidedAtMs)),
    nowMs - CLOCKS_MS,
  );
}
