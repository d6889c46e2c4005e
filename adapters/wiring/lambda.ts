import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createPaperVenues } from '#adapters/broker/paper-venues.ts';
import { createDeadLetters, type DeadLetters } from '#adapters/bus/sqs/dead-letters.ts';
import { encodeJudged } from '#adapters/bus/sqs/judged.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createPairClocks, createSqsClient, sendTo } from '#adapters/bus/sqs/queues.ts';
import { createRouting, type Routing } from '#adapters/bus/sqs/routing.ts';
import { loadConfig } from '#adapters/config/load.ts';
import { readRestBook } from '#adapters/venues/rest-book.ts';
import type { Config } from '#core/config.ts';
import type { PairClock } from '#core/engine/desk.ts';
import { RefusalNotes } from '#core/engine/refusal-notes.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { TwinlegError } from '#core/errors.ts';
import { Outside } from '#core/guards/outside.ts';
import type { Market } from '#core/market/market.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { DeploymentStore } from '#core/ports/deployment.ts';
import { openCloudStore } from './cloud-store.ts';
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
  readonly judge: Pick<Judge, 'tick' | 'goOn'>;
  readonly telemetry: FunctionTelemetry;
  readonly deadLetters: DeadLetters;
  wind(clock: PairClock): Promise<void>;
  /** The book of a symbol as the venues' REST shows it now. */
  book(symbol: string): Promise<Market | null>;
  /** Sends what was judged to the log of ticks, where one is kept. */
  flushLog(): Promise<void>;
  now(): number;
  readonly log: FunctionLog;
}

/** Names a configuration file beside the code; the environment wins over it. */
const CONFIG_FILE = 'twinleg.json';
/** An event that failed is tried again by whoever sent it, or not at all: the client itself repeats once. */
const SQS_ATTEMPTS = 2;

/** @throws TwinlegError `CONFIG_INVALID`, `LIVE_NOT_IN_FUNCTION` */
export function createFunctionParts(
  env: Readonly<Record<string, string | undefined>>,
  write: FunctionLog,
): FunctionParts {
  const config = configOf(env);
  const { cloud, venues } = config;
  if (config.mode !== 'paper') {
    const remedy = 'trade on paper, or let the host execute: execution.executor';
    throw new TwinlegError(
      'LIVE_NOT_IN_FUNCTION',
      'real orders leave from one fixed address, never from a function',
      remedy,
    );
  }
  const now = Date.now;
  const telemetry = new FunctionTelemetry(now);
  const log: FunctionLog = (level, event, fields) => {
    // An alert has a code too, and is no failure.
    if (level === 'error' && event !== 'alert' && 'code' in fields) telemetry.error(String(fields.code));
    write(level, event, fields);
  };
  const routing = createRouting(cloud);
  const sqs = createSqsClient(cloud.region, SQS_ATTEMPTS);
  const urls = createQueueUrls(sqs);
  const opened = openCloudStore(config, env.AWS_ENDPOINT_URL);
  const store = telemetry.timed(opened.store);
  const { deployments } = opened;
  const wind = telemetry.waiting(createPairClocks(sqs, urls, routing, now));
  const deadLetters = createDeadLetters(sqs, urls, routing);
  // Fees, latencies and faults do not depend on the list.
  const rules = compileSettings(config, new Map(), {
    guardsOn: true,
    list: { symbols: [], draining: [], volumesUsdt: {} },
  });
  const until = telemetry.waiting(async (atMs: number) => void (await sleep(Math.max(0, atMs - now()))));
  const judgedLines: string[] = [];
  const nothing = new Outside();
  const judged = ({ work, view, basis, ...entry }: JudgedEntry) => {
    const { state, control } = view;
    const { tick, clock, market } =
      'tick' in work ? { tick: work.tick, clock: null, market: null } : { tick: null, ...work };
    const line = { ...entry, ...basis, symbol: state.symbol, control, tick, clock, market };
    judgedLines.push(encodeJudged(line, nothing));
  };
  const judge = new Judge({
    store,
    venues: createPaperVenues({ settings: () => rules, memory: store.venueOrders, until }),
    observer: telemetry.observing(createJudgeObserver(log)),
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
    async flushLog() {
      for (const line of judgedLines.splice(0)) await sendTo(sqs, urls, routing.tickLog, line);
    },
    now,
    log,
  };
}

function configOf(env: Readonly<Record<string, string | undefined>>): Config {
  const loaded = loadConfig({ defaultFile: CONFIG_FILE, env, sets: [] });
  if (loaded.ok) return loaded.config;
  const faults = loaded.faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new TwinlegError('CONFIG_INVALID', faults, 'set the variables that are named, and deploy again');
}

let made: FunctionParts | null = null;

/** The parts of this execution environment. */
export function functionParts(): FunctionParts {
  made ??= createFunctionParts(process.env, logLine);
  return made;
}

/** One line of JSON: what the log service takes apart by itself. */
function logLine(level: string, event: string, fields: object): void {
  console.log(JSON.stringify({ level, event, ...fields }));
}
