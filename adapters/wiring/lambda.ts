import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createHostVenues } from '#adapters/broker/host-venues.ts';
import { createPaperVenues } from '#adapters/broker/paper-venues.ts';
import { sendAlerts } from '#adapters/bus/sqs/alert-queue.ts';
import { createDeadLetters, type DeadLetters } from '#adapters/bus/sqs/dead-letters.ts';
import { encodeJudged } from '#adapters/bus/sqs/judged.ts';
import { encodeOrders } from '#adapters/bus/sqs/orders.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createPairClocks, createSqsClient, sendTo } from '#adapters/bus/sqs/queues.ts';
import { createRouting, type Routing } from '#adapters/bus/sqs/routing.ts';
import { DEFAULT_CONFIG_FILE } from '#adapters/config/file.ts';
import { loadConfig } from '#adapters/config/load.ts';
import type { Cause } from '#adapters/store/dynamodb/alerts/intake.ts';
import { readRestBook } from '#adapters/venues/rest-book.ts';
import { type Config, describeFault } from '#core/config.ts';
import type { PairClock } from '#core/engine/desk.ts';
import { RefusalNotes } from '#core/engine/refusal-notes.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Market } from '#core/market/market.ts';
import type { CloudStore, VenueOrders } from '#core/ports/cloud-store.ts';
import type { DeploymentStore } from '#core/ports/deployment.ts';
import type { Venues } from '#core/ports/venue.ts';
import { type OpenedCloudStore, openCloudStore } from './cloud-store.ts';
import { createFunctionAlerts, type FunctionAlerts } from './function-alerts.ts';
import { failureOf } from './function-failures.ts';
import { FunctionTelemetry } from './function-telemetry.ts';
import { Judge, type JudgedEntry } from './judge.ts';
import { createJudgeObserver } from './judge-observer.ts';
import { createSettingsSource } from './settings-source.ts';

export type FunctionLog = (level: 'info' | 'warn' | 'error', event: string, fields: object) => void;

/** What every function of a deployment works with; made once in each execution environment. */
export interface FunctionParts {
  readonly config: Config;
  readonly routing: Routing;
  readonly sqs: SQSClient;
  readonly store: CloudStore;
  readonly deployments: DeploymentStore;
  readonly judge: Pick<Judge, 'tick' | 'goOn' | 'leave'>;
  readonly telemetry: FunctionTelemetry;
  readonly deadLetters: DeadLetters;
  wind(clock: PairClock): Promise<void>;
  /** The book of a symbol as the venues' REST shows it now. */
  book(symbol: string): Promise<Market | null>;
  readonly alerts: FunctionAlerts;
  /** What the gateway published of itself last. */
  readonly gatewayStatus: OpenedCloudStore['gatewayStatus'];
  /** Causes whose condition has not ended. */
  openAlerts(): Promise<readonly Cause[]>;
  /** Sends what was raised, and what was judged where that is logged: at the end of each invocation. Never throws. */
  flush(): Promise<void>;
  now(): number;
  readonly log: FunctionLog;
}

/** An event that failed is tried again by whoever sent it, or not at all: the client itself repeats once. */
const SQS_ATTEMPTS = 2;

/**
 * @param where a function, or the host that functions hand their orders to
 * @throws TwinlegError `CONFIG_INVALID`, `LIVE_BROKER_MISSING`
 */
export function createFunctionParts(
  env: Readonly<Record<string, string | undefined>>,
  write: FunctionLog,
  where: Config['execution']['executor'] = 'function',
): FunctionParts {
  const config = configOf(env);
  const { cloud, venues } = config;
  const now = Date.now;
  const telemetry = new FunctionTelemetry(now);
  const countedLog: FunctionLog = (level, event, fields) => {
    // An alert has a code too, and is no failure.
    if (level === 'error' && event !== 'alert' && 'code' in fields) telemetry.error(String(fields.code));
    write(level, event, fields);
  };
  const routing = createRouting(cloud);
  const sqs = createSqsClient(cloud.region, SQS_ATTEMPTS);
  const urls = createQueueUrls(sqs);
  const opened = openCloudStore(config, env.AWS_ENDPOINT_URL);
  const store = telemetry.timed(opened.store);
  const { deployments, intake, gatewayStatus } = opened;
  const wind = telemetry.waiting(createPairClocks(sqs, urls, routing, now));
  const deadLetters = createDeadLetters(sqs, urls, routing);
  const alerts = createFunctionAlerts({
    send: (raised) => sendAlerts(sqs, urls, routing.alerts, raised),
    now,
    failed: (error, codes) => write('error', 'alerts_not_sent', { codes, ...failureOf(error) }),
  });
  const log = alertingLog(countedLog, alerts);
  const until = telemetry.waiting(async (atMs: number) => {
    // A timer takes a millisecond at least.
    if (atMs > now()) await sleep(atMs - now());
  });
  const judgedLines: string[] = [];
  const judged = ({ work, view, basis, ...entry }: JudgedEntry) => {
    const { state, control } = view;
    const { tick, clock, market } =
      'tick' in work ? { tick: work.tick, clock: null, market: null } : { tick: null, ...work };
    const line = { ...entry, ...basis, symbol: state.symbol, control, tick, clock, market };
    judgedLines.push(encodeJudged(line));
  };
  const judge = new Judge({
    store,
    venues:
      where === 'function' && config.execution.executor === 'host'
        ? createHostVenues((leaving) => sendTo(sqs, urls, routing.orders, encodeOrders(leaving)))
        : venuesHere(config, store.venueOrders, until),
    observer: telemetry.observing(createJudgeObserver(log, alerts)),
    refusals: new RefusalNotes(),
    wind,
    now,
    source: createSettingsSource(config, deployments),
    judged: cloud.logTicks ? judged : null,
  });
  return {
    config,
    routing,
    sqs,
    store,
    deployments,
    judge: {
      tick: (delivered, queuedAtMs) => telemetry.judging(delivered, () => judge.tick(delivered, queuedAtMs)),
      goOn: (clock, book) => judge.goOn(clock, book),
      leave: (orders, isRepeated) => judge.leave(orders, isRepeated),
    },
    telemetry,
    deadLetters: {
      ...deadLetters,
      put(letter) {
        telemetry.laidAside(letter.reason);
        return deadLetters.put(letter);
      },
    },
    wind,
    book: (symbol) => readRestBook({ binance: venues.binance.restUrl, upbit: venues.upbit.restUrl }, symbol, now),
    alerts,
    gatewayStatus,
    openAlerts: intake.open,
    async flush() {
      try {
        for (const line of judgedLines.splice(0)) await sendTo(sqs, urls, routing.tickLog, line);
      } catch (error) {
        log('error', 'tick_log_failed', failureOf(error));
      }
      await alerts.flush();
    },
    now,
    log,
  };
}

/** The venues that orders leave to from here. */
function venuesHere(config: Config, memory: VenueOrders, until: (atMs: number) => Promise<void>): Venues {
  if (config.mode !== 'paper') {
    const message = 'real orders are not there yet: mode live has no broker';
    throw new TwinlegError('LIVE_BROKER_MISSING', message, 'deploy with mode paper');
  }
  // Fees, latencies and faults do not depend on the list.
  const rules = compileSettings(config, new Map(), {
    guardsOn: true,
    list: { symbols: [], draining: [], volumesUsdt: {} },
  });
  return createPaperVenues({ settings: () => rules, memory, until });
}

export function configOf(env: Readonly<Record<string, string | undefined>>): Config {
  // A file beside the code; the environment wins over it.
  const loaded = loadConfig({ defaultFile: DEFAULT_CONFIG_FILE, env, sets: [] });
  if (loaded.ok) return loaded.config;
  const faults = loaded.faults.map(describeFault).join('; ');
  throw new TwinlegError('CONFIG_INVALID', faults, 'set the variables that are named, and deploy again');
}

/** What is logged as failed is an alert too. */
function alertingLog(log: FunctionLog, alerts: FunctionAlerts): FunctionLog {
  return (level, event, fields) => {
    log(level, event, fields);
    const { code, message } = fields as { code?: unknown; message?: unknown };
    if (level === 'error' && typeof code === 'string' && event.endsWith('_failed'))
      alerts.fault(code, `${event}: ${String(message).split('\n')[0]}`);
  };
}

let made: FunctionParts | null = null;

/** The parts of this execution environment. */
export function functionParts(): FunctionParts {
  made ??= createFunctionParts(process.env, logLine);
  return made;
}

/** One line of JSON: what the log service takes apart by itself. */
export function logLine(level: string, event: string, fields: object): void {
  console.log(JSON.stringify({ level, event, ...fields }));
}
