import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Alert } from '#core/alerts/types.ts';
import type { DecisionRecord, SymbolState } from '#core/engine/state.ts';
import type { CloudStore, VenueOrders } from '#core/ports/cloud-store.ts';
import { createTableKeys, type TableKeys } from '../keys.ts';
import { createTableAccess, nameOfKey, type TableAccess } from './access.ts';
import type { TableTarget } from './client.ts';
import { commitTransition, type Memory, remember } from './commit.ts';
import { createControl } from './control.ts';
import { failureOf } from './errors.ts';
import {
  balancesOf,
  body,
  bodyOf,
  controlOf,
  expiry,
  exposureOf,
  type Item,
  keyItem,
  numberOf,
  numeric,
  symbolOf,
  text,
} from './items.ts';
import { createLease } from './lease.ts';
import { Attempts, type Patience } from './retry.ts';
import { tallyOf } from './tally.ts';
import { type Making, recordItems } from './transaction.ts';
import { readView } from './view.ts';

export interface DynamoStoreOptions {
  readonly client: DynamoDBClient;
  readonly target: TableTarget;
  readonly owner: { readonly mode: string; readonly source: string };
  /** How long decisions, alerts and entries that never traded are kept, days. */
  readonly keepDays: number;
  /** Longest that the commit of an entry may be tried, ms: `execution.entryExpiresMs`. */
  readonly entryExpiresMs: number;
  /** Of everything else than entries; left out, as a function has it. */
  readonly patience?: Patience;
}

/** Records of one transaction: each may come with a count of its guard. */
const RECORDS_AT_ONCE = 40;
const ENTRY_ATTEMPTS = 6;
/** Of everything else: it has to be done, yet an invocation must not wait for ever. */
const PATIENCE: Patience = { budgetMs: 4000, attempts: 12 };

/** The store on one DynamoDB table, shared by any number of writers. */
export function createDynamoStore(options: DynamoStoreOptions): CloudStore {
  const { client, target, owner, keepDays, entryExpiresMs, patience = PATIENCE } = options;
  const access = createTableAccess(client, target);
  const keys = createTableKeys(owner.mode, owner.source);
  const making: Making = { table: target.table, keys, keepMs: keepDays * 86_400_000 };
  const memory: Memory = { shared: null };
  const control = createControl({ access, making, patience });
  const entryPatience = { budgetMs: entryExpiresMs, attempts: ENTRY_ATTEMPTS };

  /** What all symbols share, and whatever else is asked for, in one batch. */
  async function readShared(symbols: readonly string[]) {
    const own = [keys.control(), keys.exposure(), keys.tally(), keys.configuration()];
    const found = await access.get([...own, ...symbols.map((symbol) => keys.symbol(symbol))]);
    const [controlItem, exposure, tally, configuration] = own.map((key) => found.get(nameOfKey(key)));
    const shared = { control: controlOf(controlItem), exposure: exposureOf(exposure), tally: tallyOf(tally) };
    memory.shared = shared;
    return {
      ...shared,
      epochs: { gateway: numberOf(controlItem, 'fence') ?? 0, configuration: numberOf(configuration, 'epoch') ?? 0 },
      states: new Map(
        symbols.map((symbol) => [symbol, symbolOf(found.get(nameOfKey(keys.symbol(symbol))), symbol)] as const),
      ),
    };
  }

  return {
    async load() {
      const [shared, symbols, balances] = await Promise.all([
        readShared([]),
        access.query(keys.partition('symbol')),
        access.query(keys.partition('balance')),
      ]);
      return {
        control: shared.control,
        symbols: symbols.map((item) => bodyOf<SymbolState>(item)),
        exposure: shared.exposure,
        tally: shared.tally.tally,
        ...balancesOf(balances),
      };
    },
    async read(symbol) {
      const { storedTally: _stored, writer: _writer, ...view } = remember(memory, await readView(access, keys, symbol));
      return view;
    },
    commit: (request) =>
      commitTransition(request, { access, making, memory, entryPatience, patience }).catch((error) => {
        // What was seen may be what made it fail.
        memory.shared = null;
        throw access.told(error);
      }),
    async seedBalances(balances) {
      await Promise.all(
        balances.map(({ venue, asset, quantity, valueUsdt }) => {
          const Item = {
            ...keyItem(keys.balance(venue, asset)),
            venue: text(venue),
            asset: text(asset),
            quantity: numeric(quantity),
            first: text(quantity),
            firstValueUsdt: text(valueUsdt),
          };
          return putFirst(access, Item);
        }),
      );
    },
    async record(decisions, alerts) {
      const records: [readonly DecisionRecord[], readonly Alert[]][] = [];
      for (let i = 0; i < decisions.length; i += RECORDS_AT_ONCE)
        records.push([decisions.slice(i, i + RECORDS_AT_ONCE), []]);
      for (let i = 0; i < alerts.length; i += RECORDS_AT_ONCE) records.push([[], alerts.slice(i, i + RECORDS_AT_ONCE)]);
      for (const [some, others] of records) {
        const items = recordItems(some, others, making);
        await access.repeat(() => access.transact(items));
      }
    },
    control: control.read,
    changeControl: control.changeByOperator,
    hold: control.hold,
    putControl: control.put,
    async readInterest(symbols) {
      const { tally, ...shared } = await readShared(symbols);
      return { ...shared, tally: tally.tally };
    },
    publishConfiguration: (configVersion) => publishConfiguration(access, keys, configVersion),
    lease: createLease({ access, making, patience }),
    venueOrders: createVenueOrders(access, making),
  };
}

/** Writes an item that is not there yet; one that is stays as it is. @returns the one that was there, null: none */
async function putFirst(access: TableAccess, Item: Item): Promise<Item | null> {
  const command = new PutItemCommand({
    TableName: access.target.table,
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return await access.repeat(async () => {
    try {
      await access.client.send(command);
      return null;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
      return error.Item;
    }
  });
}

function createVenueOrders(access: TableAccess, { keys, keepMs }: Making): VenueOrders {
  return {
    async get(orderId) {
      const key = keys.venueOrder(orderId);
      const item = await access.getOne(key);
      return item === undefined ? undefined : { execution: bodyOf(item) };
    },
    async keep(orderId, execution) {
      const key = keys.venueOrder(orderId);
      const expiresAt = expiry(Date.now() + keepMs);
      const first = await putFirst(access, { ...keyItem(key), body: body(execution), expiresAt });
      return first === null ? execution : bodyOf(first);
    },
  };
}

async function publishConfiguration(access: TableAccess, keys: TableKeys, configVersion: string): Promise<number> {
  const key = keys.configuration();
  const attempts = new Attempts(PATIENCE);
  for (;;) {
    const item = await access.getOne(key);
    const epoch = numberOf(item, 'epoch') ?? 0;
    if (item?.configVersion?.S === configVersion) return epoch;
    try {
      await access.client.send(
        new UpdateItemCommand({
          TableName: access.target.table,
          Key: keyItem(key),
          UpdateExpression: 'SET epoch = :next, configVersion = :configVersion',
          ConditionExpression: epoch === 0 ? 'attribute_not_exists(epoch)' : 'epoch = :epoch',
          ExpressionAttributeValues: {
            ':next': numeric(epoch + 1),
            ':configVersion': text(configVersion),
            ...(epoch === 0 ? {} : { ':epoch': numeric(epoch) }),
          },
        }),
      );
      return epoch + 1;
    } catch (error) {
      if (failureOf(error) === 'fatal' || !(await attempts.again())) throw access.told(error);
    }
  }
}
