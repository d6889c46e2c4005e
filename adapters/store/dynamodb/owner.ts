import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { TwinlegError } from '#core/errors.ts';
import { OWNER_KEY } from '../keys.ts';
import type { TableAccess } from './access.ts';
import { type Item, keyItem, numberOf, text, textOf } from './items.ts';

/** Whose data a table holds; a run of another mode or source is refused. */
export interface TableOwner {
  readonly mode: string;
  /** `simulator`, `real`, `tape` or `live:<account>`. */
  readonly source: string;
}

/** An owner as the table knows it. */
interface StoredOwner extends TableOwner {
  /** How often its store came out of a snapshot. */
  readonly restores: number;
}

/** Null where nothing has traded on the table yet. */
export async function findOwner(access: TableAccess): Promise<StoredOwner | null> {
  const command = new GetItemCommand({
    TableName: access.target.table,
    Key: keyItem(OWNER_KEY),
    ConsistentRead: true,
  });
  const { Item } = await access.repeat(() => access.client.send(command));
  return Item === undefined ? null : ownerOf(Item);
}

/** @throws TwinlegError `STORE_MISSING` where nothing has traded on the table yet */
export async function requireOwner(access: TableAccess): Promise<StoredOwner> {
  const owner = await findOwner(access);
  if (owner !== null) return owner;
  const { table, region } = access.target;
  throw new TwinlegError(
    'STORE_MISSING',
    `the table ${table} in ${region} holds no store yet`,
    'start a run first, or name another stage with cloud.stage',
  );
}

/** Makes the table this owner's where it is nobody's. @throws TwinlegError `STORE_FOREIGN` where it is somebody else's */
export async function claimTable(access: TableAccess, owner: TableOwner): Promise<void> {
  const { table } = access.target;
  const Item = { ...keyItem(OWNER_KEY), mode: text(owner.mode), source: text(owner.source) };
  const command = new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' });
  if (await access.writeIf(() => access.client.send(command))) return;
  const stored = await requireOwner(access);
  if (stored.mode === owner.mode && stored.source === owner.source) return;
  throw new TwinlegError(
    'STORE_FOREIGN',
    `the table ${table} belongs to ${describe(stored)}, not to ${describe(owner)}`,
    `use another stage with cloud.stage, or run with ${describe(stored)}`,
  );
}

function ownerOf(item: Item): StoredOwner {
  return { mode: textOf(item, 'mode'), source: textOf(item, 'source'), restores: numberOf(item, 'restores') ?? 0 };
}

function describe({ mode, source }: TableOwner): string {
  return `mode ${mode}, source ${source}`;
}
