import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Standing } from '#core/engine/standing.ts';
import type { SymbolState } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import type { PortfolioMarks } from '#core/portfolio/report.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { Published, SharedRecords, TradeFilter } from '#core/ports/records.ts';
import { createTableKeys, ordered, type TableKey } from '../keys.ts';
import type { TableAccess } from './access.ts';
import { body, bodyOf, expiry, keyItem, numberOf, numeric, textOf } from './items.ts';
import { readKpis, readRolledUp } from './kpis.ts';
import type { TableOwner } from './owner.ts';

/** Expired values are left to DynamoDB a while later, so that people find the last one, ms. */
const KEPT_MS = 3_600_000;

/** What a run shows of itself, published where commands of other machines find it. */
export interface Publications {
  publishStatus(status: object, nowMs: number, ttlMs: number): Promise<void>;
  publishStanding(standing: Standing, nowMs: number, ttlMs: number): Promise<void>;
  /** Keeps what the inventory is valued at. */
  keepMarks(marks: PortfolioMarks): Promise<void>;
}

type TableStore = Pick<CloudStore, 'load' | 'control' | 'changeControl'>;

/** What of a published status tells whether its gateway is there. */
export interface PublishedStatus {
  readonly running?: boolean;
  readonly atMs?: number;
}

/** What a gateway published of itself last; null where none ever did. */
export function readStatus<T = PublishedStatus>(
  access: TableAccess,
  owner: TableOwner,
  nowMs: number,
): Promise<Published<T> | null> {
  return published<T>(access, createTableKeys(owner.mode, owner.source).status(), nowMs);
}

async function published<T>(access: TableAccess, key: TableKey, nowMs: number): Promise<Published<T> | null> {
  const item = await access.getOne(key);
  if (item === undefined) return null;
  return { value: bodyOf<T>(item), expired: (numberOf(item, 'validUntilMs') ?? 0) < nowMs };
}

/** The records of the store on a table. */
export function createDynamoRecords(access: TableAccess, owner: TableOwner, store: TableStore): SharedRecords {
  const keys = createTableKeys(owner.mode, owner.source);

  async function trades({ symbol, sinceMs }: TradeFilter = {}): Promise<Pair[]> {
    const from = sinceMs === undefined ? {} : { from: ordered(sinceMs) };
    const items = await access.query(keys.partition('position'), from);
    return items
      .filter((item) => item.state?.S !== 'EXPIRED' && (symbol === undefined || item.symbol?.S === symbol))
      .map((item) => bodyOf<Pair>(item));
  }

  return {
    owner,
    load: store.load,
    control: store.control,
    changeControl: store.changeControl,
    trades,
    async openPositions() {
      const items = await access.query(keys.partition('symbol'));
      const open = items.flatMap((item) => bodyOf<SymbolState>(item).pair ?? []);
      return open.sort((a, b) => a.decidedAtMs - b.decidedAtMs);
    },
    async decisions(symbol, last) {
      return (await access.query(keys.partition('decision', symbol), { last })).map((item) => bodyOf(item));
    },
    async triggers() {
      const items = await access.query(keys.partition('trigger'));
      return items.map((item) => ({
        symbol: textOf(item, 'symbol'),
        guard: textOf(item, 'guard'),
        count: numberOf(item, 'triggered') ?? 0,
      }));
    },
    status: (nowMs) => readStatus(access, owner, nowMs),
    standing: (symbol, nowMs) => published(access, keys.standing(symbol), nowMs),
    async marks() {
      const item = await access.getOne(keys.marks());
      return item === undefined ? null : bodyOf(item);
    },
    kpis: () => readKpis(access, keys),
    rolledUp: () => readRolledUp(access, keys),
    async isInUse(nowMs) {
      const status = await readStatus(access, owner, nowMs);
      return status !== null && !status.expired && status.value.running === true;
    },
  };
}

export function createPublications(access: TableAccess, owner: TableOwner): Publications {
  const keys = createTableKeys(owner.mode, owner.source);
  async function put(key: TableKey, value: object, more: ReturnType<typeof keyItem>): Promise<void> {
    const Item = { ...keyItem(key), body: body(value), ...more };
    const command = new PutItemCommand({ TableName: access.target.table, Item });
    await access.repeat(() => access.client.send(command));
  }
  function publish(key: TableKey, value: object, nowMs: number, ttlMs: number): Promise<void> {
    const validUntilMs = nowMs + ttlMs;
    const expiresAt = expiry(validUntilMs + KEPT_MS);
    return put(key, value, { validUntilMs: numeric(validUntilMs), expiresAt });
  }
  return {
    publishStatus: (status, nowMs, ttlMs) => publish(keys.status(), status, nowMs, ttlMs),
    publishStanding: (standing, nowMs, ttlMs) => publish(keys.standing(standing.symbol), standing, nowMs, ttlMs),
    keepMarks: (marks) => put(keys.marks(), marks, {}),
  };
}
