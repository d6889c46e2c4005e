import { decodeTick, encodeTick } from '#adapters/bus/sqs/message.ts';
import type { LeaseTiming } from '#adapters/store/lease-keeper.ts';
import { createSqliteCloudStore } from '#adapters/store/sqlite/cloud.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteRecords } from '#adapters/store/sqlite/records.ts';
import { createRunClock } from '#adapters/wiring/clock.ts';
import type { GatewayCloud } from '#adapters/wiring/gateway-cloud.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { Config } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';
import type { InterestTiming } from '#core/gateway/timing.ts';
import { KpiBook } from '#core/kpi/index.ts';
import type { Tick } from '#core/market/market.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import type { SharedRecords } from '#core/ports/records.ts';
import type { TickMessage } from '#core/ports/tick-sender.ts';
import { plainList, type SymbolList } from '#core/universe/list.ts';
import { Gateway } from '../../stream-gateway/gateway.ts';
import { instrumentsOf } from './backtest.ts';

/** A cloud in this process: the store on SQLite, queues as lists; either can be away. */
export class TestCloud implements GatewayCloud {
  readonly store: CloudStore;
  readonly records: SharedRecords;
  readonly publications: GatewayCloud['publications'];
  readonly received: TickMessage[] = [];
  readonly told: Alert[] = [];
  deployment: Deployment;
  queuesAway = false;
  storeAway = false;
  /** What other parts of a stage leave in its table. */
  readonly figures = {
    alertWaitingSinceMs: async () => null,
    snapshots: async () => ({ saved: 0, failed: 0 }),
    restores: async () => 0,
    openAlerts: async (): Promise<readonly Alert[]> => [],
  };
  readonly #close: () => void;
  readonly encode = encodeTick;

  constructor(config: Config) {
    const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
    this.#close = () => database.close();
    this.deployment = deploymentOf(config, plainList(config.universe.symbols));
    this.store = awayable(createSqliteCloudStore(database), () => this.storeAway);
    this.records = awayable(
      {
        ...createSqliteRecords(database, () => true),
        // Nobody counts up here.
        rolledUp: async () => ({ book: new KpiBook(), horizonMs: 0 }),
      },
      () => this.storeAway,
    );
    const history = createHistory(database);
    this.publications = awayable(
      {
        publishStatus: async (...published) => history.publishStatus(...published),
        publishStanding: async (...published) => history.publishStanding(...published),
        keepMarks: async (marks) => history.keepMarks(marks),
      },
      () => this.storeAway,
    );
  }

  readonly deployments = {
    read: async () => this.deployment,
    write: async (deployment: Deployment) => {
      this.deployment = deployment;
    },
  };

  readonly sender = {
    send: async (messages: readonly TickMessage[]) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (this.queuesAway)
        return {
          failed: messages.map((message) => ({ message, code: 'AWS_UNAVAILABLE', told: 'away', retryable: true })),
        };
      this.received.push(...messages);
      return { failed: [] };
    },
  };

  queueOf(symbol: string): string {
    return symbol;
  }

  async tell(alert: Alert): Promise<void> {
    this.told.push(alert);
  }

  /** Puts a list in force, as the universe function does. */
  async deploy(config: Config, list: SymbolList): Promise<number> {
    this.deployment = deploymentOf(config, list);
    return this.store.publishConfiguration(`${configVersion(config)} ${JSON.stringify(list)}`);
  }

  ticks(): Tick[] {
    return this.received.map(({ body }) => {
      const read = decodeTick(body);
      if (!read.ok) throw new Error(`${read.reason}: ${read.detail}`);
      return read.value.tick;
    });
  }

  close(): void {
    this.#close();
  }
}

function deploymentOf(config: Config, list: SymbolList): Deployment {
  const instruments = [...instrumentsOf(config).values()];
  return { list, instruments, configVersion: configVersion(config), memory: null, atMs: Date.now() };
}

/** The store with every call failing while it is away. */
function awayable<Store extends object>(store: Store, isAway: () => boolean): Store {
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const value = Reflect.get(from, name);
        if (typeof value === 'object' && value !== null) return wrap(value);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (isAway()) throw new Error('the store is away');
          return value.apply(from, args);
        };
      },
    });
  return wrap(store);
}

export interface LoggedEvent {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const SHORT_LEASE: LeaseTiming = { leaseMs: 400, renewMs: 100, pollMs: 50 };
export const SHORT_INTEREST: InterestTiming = {
  clearsAfterMs: 1500,
  settlesAfterMs: 500,
  heartbeatMs: 2000,
  pulseMs: 500,
};

/** One gateway on a cloud, with all that it logged. */
export async function startGateway(
  cloud: GatewayCloud & Pick<TestCloud, 'deployment'>,
  config: Config,
  urls: ConstructorParameters<typeof Gateway>[0]['urls'],
  options: { leaseTiming?: LeaseTiming; interestTiming?: InterestTiming } = {},
): Promise<{ gateway: Gateway; events: LoggedEvent[] }> {
  const events: LoggedEvent[] = [];
  const { epochs } = await cloud.store.readInterest([]);
  const gateway = new Gateway({
    config,
    cloud,
    urls,
    source: 'real',
    clock: createRunClock(0),
    log: (level, event, fields = {}) => events.push({ level, event, fields }),
    deployment: cloud.deployment,
    configEpoch: epochs.configuration,
    leaseTiming: options.leaseTiming ?? SHORT_LEASE,
    interestTiming: options.interestTiming ?? SHORT_INTEREST,
  });
  await gateway.start();
  return { gateway, events };
}
