import { z } from 'zod';
import { byVenue } from '../market/types.ts';
import {
  amount,
  asset,
  flag,
  fraction,
  httpBase,
  httpUrl,
  milliseconds,
  optionalFraction,
  optionalUsdt,
  optionalWhole,
  seconds,
  section,
  usdt,
  whole,
  wsBase,
} from './fields.ts';
import { guards } from './guards.ts';
import { universe } from './universe.ts';

/** Beyond this a fee is a slip, such as 0.1 for 0.1 %. */
const MAX_FEE = 0.05;

const venues = section(
  {
    source: z
      .union([z.enum(['simulator', 'real']), z.templateLiteral(['tape:', z.string().regex(/^.+$/)])], {
        error: 'must be simulator, real or tape:FILE',
      })
      .default('simulator')
      .describe('where quotes come from: the simulator, the venues, or a recording (tape:FILE)'),
    binance: section(
      {
        wsUrl: wsBase.default('wss://stream.binance.com:9443').describe('everything before /stream'),
        restUrl: httpBase.default('https://api.binance.com').describe('everything before /api/v3'),
        takerFeeRate: fraction(0.001, 'taker fee', MAX_FEE),
        standby: flag(false, 'keep a second connection warm'),
        stream: z
          .enum(['bookTicker', 'depth5'])
          .default('bookTicker')
          .describe('best prices, or five levels each 100 ms'),
      },
      'Binance spot',
    ),
    upbit: section(
      {
        wsUrl: wsBase.default('wss://api.upbit.com').describe('everything before /websocket/v1'),
        restUrl: httpBase.default('https://api.upbit.com').describe('everything before /v1'),
        takerFeeRate: fraction(0.0005, 'taker fee', MAX_FEE),
        standby: flag(false, 'keep a second connection warm'),
      },
      'Upbit, won market',
    ),
  },
  'the two venues',
);

const strategy = section(
  {
    minProfitThreshold: fraction(0.001, 'net edge that an entry needs', 10),
    maxPositionSizeUsdt: usdt(500, 'entry notional of a position'),
    cooldownSeconds: seconds(60, 'rest of a symbol after a close'),
    slippageAllowance: fraction(0.0002, 'how far an order’s limit lies beyond the price walked to'),
    exitEdge: fraction(0.0005, 'close when the closing gross edge is at least minus this'),
    stopLoss: fraction(0.01, 'close when closing would lose this share of the entry notional'),
    maxHoldSeconds: seconds(3600, 'close after this long'),
    maxQuoteAgeMs: milliseconds(2000, 'older quotes are not judged', 1),
    takeProfit: optionalFraction(null, 'close when closing would earn this share of the entry notional'),
    stopConfirmMs: milliseconds(0, 'a loss stop must hold this long'),
    cooldownAfterStopSeconds: z
      .number()
      .min(0)
      .max(31_622_400)
      .nullable()
      .default(null)
      .describe('rest after a loss stop (seconds; null: as ever)'),
    freshness: z.enum(['receive', 'liveness']).default('receive').describe('what keeps a quiet quote fresh'),
  },
  'strategy v1, convergence',
);

const latency = z.int().min(0).max(600_000);
const balancesByAsset = z.record(asset, z.number().min(0).max(1e15)).describe('quantity by asset');

const paper = section(
  {
    latencyMs: z
      .union([latency, z.strictObject(byVenue(() => latency))], {
        error: 'must be milliseconds, or {"binance": ms, "upbit": ms}',
      })
      .default(50)
      .describe('from an order’s sending to its venue (ms), one for both or by venue'),
    balances: z
      .strictObject(byVenue(() => balancesByAsset))
      .nullable()
      .default(null)
      .describe('first balances; null: ten positions’ worth of each, at the first quotes'),
    faults: section(
      {
        rejectRate: fraction(0, 'orders that the paper venue rejects'),
        timeoutRate: fraction(0, 'orders that never arrive and are never answered'),
        lostAnswerRate: fraction(0, 'orders that are executed while the answer is lost'),
        seed: whole(1, 'which orders these are'),
      },
      'faults of the paper venues',
    ),
  },
  'paper trading',
);

const telegram = section(
  {
    apiRoot: httpBase.default('https://api.telegram.org').describe('Bot API'),
    allowedChats: z
      .array(z.union([z.string().min(1), z.int()], { error: 'must be the id of a chat' }))
      .nullable()
      .default(null)
      .describe('who may command (null: the chat id alone)'),
  },
  'Telegram',
);

/** Every key of the configuration with its default: the one description of what can be set. */
export const configSchema = z.strictObject({
  mode: z.enum(['paper', 'live']).default('paper').describe('paper, or real orders (needs live.confirm too)'),
  wiring: z.enum(['embedded', 'hybrid', 'cloud']).default('embedded').describe('where the parts run; sets store.kind'),
  universe,
  venues,
  strategy,
  paper,
  portfolio: section(
    {
      maxTotalExposureUsdt: usdt(2000, 'entry notional of all positions'),
      maxVenueExposureUsdt: optionalUsdt(null, 'entry notional of all positions with a leg on one venue'),
      maxDirectionExposureUsdt: optionalUsdt(null, 'entry notional of all positions of one direction'),
      weights: z.enum(['equal', 'volume', 'inverse_volatility']).default('equal').describe('share of each symbol'),
    },
    'limits of all symbols together',
  ),
  execution: section(
    {
      chaseAttempts: whole(2, 'tries to complete a missing part', 0, 100),
      maxNakedSeconds: seconds(10, 'longest that one leg may stand alone before an alert'),
      entryExpiresMs: milliseconds(1000, 'entry orders that have not left by then never do'),
      executor: z
        .enum(['function', 'host'])
        .optional()
        .describe('where orders leave from; function on paper, host for live'),
    },
    'orders',
  ),
  guards,
  server: section(
    {
      host: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
      port: whole(9464, 'port to listen on (0: any free one)', 0, 65_535),
    },
    'metrics and health over HTTP',
  ),
  store: section(
    {
      kind: z.enum(['sqlite', 'dynamodb']).optional().describe('follows from the wiring'),
      minFreeBytes: amount(500_000_000, 'less free space than this stops entries (bytes)'),
    },
    'where state is kept',
  ),
  alerts: section(
    {
      telegram,
      maxPerMinute: whole(10, 'messages a minute', 1, 1000),
      runbookBase: httpUrl
        .nullable()
        .default(null)
        .describe('where docs/RUNBOOK.md can be read, up to docs/ (null: its path is told)'),
      loopLatencyForSeconds: whole(300, 'a loop slower than 50 ms for so long is told of (seconds)', 1, 86_400),
      deadManUrl: httpUrl.nullable().default(null).describe('called while all is well (null: off)'),
    },
    'alerts',
  ),
  live: section(
    {
      confirm: z.string().min(1).nullable().default(null).describe('label of the account that may trade real money'),
      rampTrades: whole(20, 'first trades at minimum size'),
    },
    'real orders',
  ),
  snapshot: section(
    {
      everySeconds: z
        .int()
        .min(1)
        .max(86_400)
        .optional()
        .describe('how often (seconds); 300, in the cloud wiring 21600, as each reads the whole table'),
      keep: whole(48, 'how many are kept', 1, 100_000),
    },
    'snapshots',
  ),
  history: section({ keepDays: whole(90, 'how long history is kept (days)', 1, 36_500) }, 'history'),
  record: section({ maxBytes: optionalWhole(10_000_000_000, 'size at which a recording ends (bytes)') }, 'recordings'),
  day: section({ rolloverHour: whole(0, 'hour at which a day begins (UTC)', 0, 23) }, 'daily limits'),
  cloud: section(
    {
      stage: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be lower case letters, digits and hyphens')
        .default('dev')
        .describe('deployment stage'),
      region: z
        .string()
        .regex(/^[a-z]{2}-[a-z]+-\d$/, 'must be a region such as ap-northeast-2')
        .default('ap-northeast-2')
        .describe('AWS region'),
      queueLayout: z.enum(['per-symbol', 'sharded']).default('per-symbol').describe('how symbols map to queues'),
      shards: whole(4, 'queues of the sharded layout', 1, 1000),
      gatewayStandby: flag(false, 'run a second gateway as standby'),
      logTicks: flag(false, 'keep every judged tick, for record --from cloud'),
    },
    'cloud wiring',
  ),
});
