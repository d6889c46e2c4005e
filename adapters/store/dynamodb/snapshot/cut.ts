import { isDeepStrictEqual } from 'node:util';
import { TransactGetItemsCommand } from '@aws-sdk/client-dynamodb';
import type { SymbolState } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { TableKey, TableKeys } from '../../keys.ts';
import { keyOf, nameOfKey, type TableAccess } from '../access.ts';
import { failureOf } from '../errors.ts';
import { balancesOf, bodyOf, controlOf, exposureOf, type Item, keyItem, leaseOf } from '../items.ts';
import { Attempts, type Patience } from '../retry.ts';
import { tallyOf } from '../tally.ts';

/** The whole state at one moment. */
export interface Cut {
  readonly state: StoredState;
  /** Of the last gateway or run; 0 where there was none. */
  readonly epoch: number;
}

/** DynamoDB's own bounds on one transaction; some room is left, as items are measured by their JSON. */
const ITEMS_AT_ONCE = 100;
const BYTES_AT_ONCE = 3_000_000;
const PATIENCE: Patience = { budgetMs: 20_000, attempts: 200 };

/**
 * Reads the state of all symbols, and all that they share, as it stood at one moment: in one transaction; where there is
 * more of it than one takes, twice, until both times are alike (a symbol's version and writer change with every commit).
 *
 * @throws TwinlegError `SNAPSHOT_BUSY` where trading leaves no such moment
 */
export async function readCut(access: TableAccess, keys: TableKeys): Promise<Cut> {
  const attempts = new Attempts(PATIENCE);
  const shared = [keys.control(), keys.exposure(), keys.tally()];
  for (;;) {
    const seen = await collect(access, keys, shared);
    const asked = [...seen.keys(), ...shared.map(nameOfKey)];
    const fits = asked.length <= ITEMS_AT_ONCE && JSON.stringify([...seen.values()]).length <= BYTES_AT_ONCE;
    const read = fits ? await readAtOnce(access, [...seen.values()].map(keyOf), shared) : seen;
    const after = await collect(access, keys, shared);
    const isWhole = fits ? [...after.keys()].every((name) => asked.includes(name)) : isDeepStrictEqual(seen, after);
    if (read !== null && isWhole) {
      const lease = leaseOf(await access.getOne(keys.lease()));
      return { state: stateOf(read, keys), epoch: lease?.epoch ?? 0 };
    }
    if (!(await attempts.again())) throw busy(access);
  }
}

async function collect(access: TableAccess, keys: TableKeys, shared: TableKey[]): Promise<Map<string, Item>> {
  const [found, symbols, balances] = await Promise.all([
    access.get(shared),
    access.query(keys.partition('symbol')),
    access.query(keys.partition('balance')),
  ]);
  for (const item of [...symbols, ...balances]) found.set(nameOfKey(keyOf(item)), item);
  return found;
}

/** Null where somebody wrote just then. */
async function readAtOnce(
  access: TableAccess,
  seen: readonly TableKey[],
  shared: readonly TableKey[],
): Promise<Map<string, Item> | null> {
  const names = new Map([...seen, ...shared].map((key) => [nameOfKey(key), key]));
  const TransactItems = [...names.values()].map((key) => ({
    Get: { TableName: access.target.table, Key: keyItem(key) },
  }));
  try {
    const { Responses = [] } = await access.client.send(new TransactGetItemsCommand({ TransactItems }));
    return new Map(Responses.flatMap(({ Item }) => (Item === undefined ? [] : [[nameOfKey(keyOf(Item)), Item]])));
  } catch (error) {
    if (failureOf(error) === 'fatal') throw access.told(error);
    return null;
  }
}

function stateOf(items: ReadonlyMap<string, Item>, keys: TableKeys): StoredState {
  const all = [...items.values()];
  const of = (kind: 'symbol' | 'balance') => all.filter((item) => item.pk?.S === keys.partition(kind));
  return {
    control: controlOf(items.get(nameOfKey(keys.control()))),
    symbols: of('symbol').map((item) => bodyOf<SymbolState>(item)),
    exposure: exposureOf(items.get(nameOfKey(keys.exposure()))),
    tally: tallyOf(items.get(nameOfKey(keys.tally()))).tally,
    ...balancesOf(of('balance')),
  };
}

function busy({ target }: TableAccess): TwinlegError {
  return new TwinlegError(
    'SNAPSHOT_BUSY',
    `the table ${target.table} was written so often that no moment of it could be read`,
    'try again, or pause trading first: npx twinleg pause',
    { retryable: true },
  );
}
