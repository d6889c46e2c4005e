import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { StoredUniverse } from '#adapters/universe/keeper.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { Standing } from '#core/engine/standing.ts';
import type { ControlState, DecisionRecord, OperatorChange } from '#core/engine/state.ts';
import type { Execution } from '#core/execution/types.ts';
import { type Decimal, decimal } from '#core/market/money.ts';
import type { SeedBalance } from '#core/portfolio/portfolio.ts';
import type { PortfolioMarks } from '#core/portfolio/report.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { CommitRequest, HoldRequest } from '#core/ports/store.ts';
import { createTableKeys } from '../../keys.ts';
import type { TableAccess } from '../access.ts';
import { body, bodyOf, keyItem, numberOf, numeric, text } from '../items.ts';
import { rollUpKpis } from '../kpis.ts';
import type { TableOwner } from '../owner.ts';
import { createDynamoRecords, createPublications } from '../records.ts';

/** A commit as it crosses between the threads: its decimals are texts. */
export type SentCommit = Omit<CommitRequest, 'caps'> & {
  readonly caps: Readonly<Record<keyof CommitRequest['caps'], string | number | null>>;
};

/** All that a run in one process asks of the table, by name. Arguments and answers are JSON. */
export function tableMethods(access: TableAccess, owner: TableOwner, store: CloudStore) {
  const keys = createTableKeys(owner.mode, owner.source);
  const TableName = access.target.table;
  const records = createDynamoRecords(access, owner, store);
  const publications = createPublications(access, owner);
  const newestRun = async () => (await access.query(keys.partition('run'), { last: 1 }))[0];

  return {
    load: () => store.load(),
    commit: (request: SentCommit) => store.commit(receivedCommit(request)),
    seedBalances: (balances: readonly SeedBalance[]) => store.seedBalances(balances),
    record: (decisions: readonly DecisionRecord[], alerts: readonly Alert[]) => store.record(decisions, alerts),
    control: () => store.control(),
    changeControl: (change: OperatorChange) => store.changeControl(change),
    hold: (request: HoldRequest) => store.hold(request),
    putControl: (control: ControlState) => store.putControl(control),
    /** Of all closed positions; counted up on the way, so that the next start has less to read. */
    async kpis() {
      await rollUpKpis(access, keys, Date.now());
      return (await records.kpis()).named();
    },
    rollUpKpis: () => rollUpKpis(access, keys, Date.now()),
    getVenueOrder: async (orderId: string) => (await store.venueOrders.get(orderId)) ?? null,
    putVenueOrder: async (orderId: string, execution: Execution | null) => {
      await store.venueOrders.keep(orderId, execution);
    },
    publishStatus: (status: object, nowMs: number, ttlMs: number) => publications.publishStatus(status, nowMs, ttlMs),
    publishStanding: (standing: Standing, nowMs: number, ttlMs: number) =>
      publications.publishStanding(standing, nowMs, ttlMs),
    keepMarks: (marks: PortfolioMarks) => publications.keepMarks(marks),
    marks: () => records.marks(),
    publishConfiguration: (version: string) => store.publishConfiguration(version),
    async beginRun(epoch: number, startedAtMs: number, configVersion: string): Promise<void> {
      const Item = {
        ...keyItem(keys.run(epoch)),
        startedAtMs: numeric(startedAtMs),
        lastEventMs: numeric(startedAtMs),
        configVersion: text(configVersion),
      };
      await access.repeat(() => access.client.send(new PutItemCommand({ TableName, Item })));
    },
    async touchRun(epoch: number, lastEventMs: number, stoppedAtMs: number | null): Promise<void> {
      const command = new UpdateItemCommand({
        TableName,
        Key: keyItem(keys.run(epoch)),
        UpdateExpression: `SET lastEventMs = :last${stoppedAtMs === null ? '' : ', stoppedAtMs = :stopped'}`,
        ExpressionAttributeValues: {
          ':last': numeric(lastEventMs),
          ...(stoppedAtMs === null ? {} : { ':stopped': numeric(stoppedAtMs) }),
        },
      });
      await access.repeat(() => access.client.send(command));
    },
    async lastEventMs(): Promise<number | null> {
      return numberOf(await newestRun(), 'lastEventMs') ?? null;
    },
    /** When the newest run was last alive, where it ended without a stop. */
    async crashedMs(): Promise<number | null> {
      const newest = await newestRun();
      return numberOf(newest, 'stoppedAtMs') === undefined ? (numberOf(newest, 'lastEventMs') ?? null) : null;
    },
    async loadUniverse(): Promise<StoredUniverse | null> {
      const command = new GetItemCommand({ TableName, Key: keyItem(keys.universe()), ConsistentRead: true });
      const { Item } = await access.repeat(() => access.client.send(command));
      return Item === undefined ? null : bodyOf<StoredUniverse>(Item);
    },
    async saveUniverse(universe: StoredUniverse): Promise<void> {
      const Item = { ...keyItem(keys.universe()), body: body(universe) };
      await access.repeat(() => access.client.send(new PutItemCommand({ TableName, Item })));
    },
  };
}

export type TableMethods = ReturnType<typeof tableMethods>;

/** A commit as it is sent. */
export function sentCommit({ caps, ...request }: CommitRequest): SentCommit {
  const { maxTotalExposureUsdt, maxVenueExposureUsdt, maxDirectionExposureUsdt, ...counts } = caps;
  return {
    ...request,
    caps: {
      ...counts,
      maxTotalExposureUsdt: maxTotalExposureUsdt.toString(),
      maxVenueExposureUsdt: maxVenueExposureUsdt?.toString() ?? null,
      maxDirectionExposureUsdt: maxDirectionExposureUsdt?.toString() ?? null,
    },
  };
}

function receivedCommit({ caps, ...request }: SentCommit): CommitRequest {
  const amount = (value: string | number | null): Decimal | null => (value === null ? null : decimal(value));
  return {
    ...request,
    caps: {
      maxTotalExposureUsdt: decimal(caps.maxTotalExposureUsdt ?? 0),
      maxVenueExposureUsdt: amount(caps.maxVenueExposureUsdt),
      maxDirectionExposureUsdt: amount(caps.maxDirectionExposureUsdt),
      maxOpenPositions: caps.maxOpenPositions === null ? null : Number(caps.maxOpenPositions),
      maxEntriesPerMinute: caps.maxEntriesPerMinute === null ? null : Number(caps.maxEntriesPerMinute),
    },
  };
}
