import type { DecisionRecord } from '#core/engine/state.ts';
import type { PairState } from '#core/execution/types.ts';
import type { Trade } from '#core/portfolio/trade.ts';
import type { LogLine } from '../../test/support/cli.ts';

/** What a run left behind: positions, open ones too, its decisions and its log. */
export interface Evidence {
  readonly positions: readonly (Pick<Trade, 'symbol' | 'decidedAtMs' | 'entryNotionalUsdt'> & {
    readonly closedAtMs?: number;
    readonly state?: PairState;
  })[];
  readonly decisions: readonly DecisionRecord[];
  readonly log: readonly LogLine[];
}

/** Whether the limit held, and what was seen of it. */
export interface Seen {
  readonly held: boolean;
  readonly detail: string;
}

export interface Provocation {
  readonly code: string;
  readonly how: string;
  readonly sets: readonly string[];
  /** Done to the venues one after the other, each so long after the one before, ms; said by the operator. */
  readonly faults?: readonly (readonly [waitMs: number, fault: object])[];
  readonly command?: string;
  seen(evidence: Evidence): Seen;
}

const entries = ({ decisions }: Evidence) => decisions.filter(({ decision }) => decision === 'ENTER');

/** The highest of something over all positions at once, looked at whenever one begins. */
function highest({ positions }: Evidence, of: (open: Evidence['positions']) => number): number {
  return Math.max(
    0,
    ...positions.map(({ decidedAtMs }) =>
      of(positions.filter((p) => p.decidedAtMs <= decidedAtMs && (p.closedAtMs ?? Infinity) > decidedAtMs)),
    ),
  );
}

function noEntryAtAll(evidence: Evidence): Seen {
  const { length } = entries(evidence);
  return { held: length === 0, detail: `${length} entries` };
}

/** No entry while REDUCE_ONLY was in force. */
function noEntryWhileHeld(code: string) {
  return (evidence: Evidence): Seen => {
    const from = evidence.log.find((line) => line.event === 'trading_state' && line.setBy === code);
    const atMs = Number(from?.atMs);
    const after = entries(evidence).filter((made) => made.atMs > atMs);
    const detail = `${from?.tradingState ?? 'not set'} by ${code}, ${after.length} entries after it`;
    return { held: from !== undefined && from.tradingState !== 'ACTIVE' && after.length === 0, detail };
  };
}

const most = (what: string, limit: number, of: (open: Evidence['positions']) => number) => (evidence: Evidence) => {
  const value = highest(evidence, of);
  return { held: value > 0 && value <= limit, detail: `at most ${Number(value.toFixed(2))} ${what}, limit ${limit}` };
};

const notional = (open: Evidence['positions']) => open.reduce((sum, p) => sum + p.entryNotionalUsdt, 0);

function cooldown({ positions }: Evidence): Seen {
  const pauses = positions.flatMap(({ symbol, decidedAtMs }) => {
    const before = positions.filter((p) => p.symbol === symbol && (p.closedAtMs ?? Infinity) <= decidedAtMs);
    return before.length === 0 ? [] : [decidedAtMs - Math.max(...before.map((p) => p.closedAtMs!))];
  });
  const shortest = Math.min(Number.POSITIVE_INFINITY, ...pauses);
  return {
    held: pauses.length > 0 && shortest >= 1000,
    detail: `${pauses.length} entries after a close, the soonest ${shortest} ms after it`,
  };
}

function noneAfterRefusal(code: string) {
  return (evidence: Evidence): Seen => {
    const broken = entries(evidence).filter(({ guards }) => guards.some((g) => g.name === code && !g.passed));
    const refused = evidence.decisions.filter((made) => made.decision === 'REFUSED' && made.code === code).length;
    const detail = `${refused} refused, ${broken.length} entered against it`;
    return { held: broken.length === 0, detail };
  };
}

/** Opens and closes without rest, at fees that a small gap pays for. */
const BUSY = [
  'strategy.minProfitThreshold=0',
  'strategy.cooldownSeconds=0',
  'strategy.maxHoldSeconds=1',
  'strategy.slippageAllowance=0',
  'venues.binance.takerFeeRate=0.00002',
  'venues.upbit.takerFeeRate=0.00001',
  'guards.commonMode.symbols=null',
];
/** The same, each position a loss. */
const LOSING = [
  ...BUSY.filter((set) => !set.startsWith('guards')),
  'guards.commonMode.symbols=null',
  'strategy.exitEdge=1',
];
const HOLDING = BUSY.map((set) => (set.startsWith('strategy.maxHold') ? 'strategy.maxHoldSeconds=60' : set));

/** A run has traded for a while before something is done to its venues, ms. */
const SETTLED_MS = 4000;

/** Upbit's book of SOL stands still; four seconds later Binance's price of it falls by more than an entry needs. */
function movesAwayFrom(kind: 'silentSymbol' | 'frozenBook'): NonNullable<Provocation['faults']> {
  return [
    [SETTLED_MS, { kind, venue: 'upbit', symbol: 'SOL', durationMs: 60_000 }],
    [SETTLED_MS, { kind: 'halve', venue: 'binance', symbol: 'SOL', factor: 0.985 }],
  ];
}

/** Limits that a short run reaches by itself, under a fault of the venues, or at the operator's word. */
export const PROVOCATIONS: readonly Provocation[] = [
  { code: 'KILL_SWITCH', how: 'twinleg pause', sets: BUSY, command: 'pause', seen: noEntryWhileHeld('operator') },
  {
    code: 'DAILY_LOSS',
    how: 'guards.dailyLoss.maxUsdt=0.05',
    sets: [...LOSING, 'guards.dailyLoss.maxUsdt=0.05'],
    seen: noEntryWhileHeld('DAILY_LOSS'),
  },
  {
    code: 'DRAWDOWN',
    how: 'guards.drawdown.maxUsdt=0.05',
    sets: [...LOSING, 'guards.drawdown.maxUsdt=0.05'],
    seen: noEntryWhileHeld('DRAWDOWN'),
  },
  {
    code: 'DISK_FULL',
    how: 'store.minFreeBytes=1e12',
    sets: [...BUSY, 'store.minFreeBytes=1000000000000'],
    seen: noEntryWhileHeld('DISK_FULL'),
  },
  {
    code: 'TRADES_PER_MINUTE',
    how: 'guards.tradesPerMinute.max=2',
    sets: [...BUSY, 'guards.tradesPerMinute.max=2'],
    seen: (evidence) => {
      const times = entries(evidence).map(({ atMs }) => atMs);
      const value = Math.max(0, ...times.map((t) => times.filter((x) => x <= t && x > t - 60_000).length));
      return { held: value > 0 && value <= 2, detail: `at most ${value} entries in any minute, limit 2` };
    },
  },
  {
    code: 'MAX_EXPOSURE',
    how: 'portfolio.maxTotalExposureUsdt=600',
    sets: [...HOLDING, 'portfolio.maxTotalExposureUsdt=600'],
    seen: most('USDT held at once', 600, notional),
  },
  {
    code: 'OPEN_POSITIONS',
    how: 'guards.openPositions.max=1',
    sets: [...HOLDING, 'guards.openPositions.max=1'],
    seen: most('positions at once', 1, (open) => open.length),
  },
  {
    code: 'VENUE_INVENTORY',
    how: 'first balances of no coins',
    sets: [...BUSY, 'paper.balances={"binance":{"USDT":1000000},"upbit":{"KRW":1000000000}}'],
    seen: noEntryAtAll,
  },
  {
    code: 'CONCENTRATION',
    how: 'guards.concentration.maxShare=0.2',
    sets: [...HOLDING, 'strategy.exitEdge=0', 'guards.concentration.maxShare=0.2'],
    seen: most('positions at once (a third has a share above 0.2)', 2, (open) => open.length),
  },
  {
    code: 'MAX_POSITION',
    how: 'strategy.maxPositionSizeUsdt=4',
    sets: [...BUSY, 'strategy.maxPositionSizeUsdt=4'],
    seen: noEntryAtAll,
  },
  {
    code: 'COOLDOWN',
    how: 'strategy.cooldownSeconds=1',
    sets: [...BUSY, 'strategy.cooldownSeconds=1'],
    seen: cooldown,
  },
  {
    code: 'CONSECUTIVE_LOSSES',
    how: 'guards.consecutiveLosses.max=1',
    sets: [
      ...LOSING,
      'guards.consecutiveLosses.max=1',
      'guards.dailyLoss.maxUsdt=null',
      'guards.drawdown.maxUsdt=null',
    ],
    seen: noneAfterRefusal('CONSECUTIVE_LOSSES'),
  },
  {
    code: 'SYMBOL_DAILY_LOSS',
    how: 'guards.symbolDailyLoss.maxUsdt=0.01',
    sets: [...LOSING, 'guards.symbolDailyLoss.maxUsdt=0.01', 'guards.consecutiveLosses.max=null'],
    seen: noneAfterRefusal('SYMBOL_DAILY_LOSS'),
  },
  {
    code: 'THIN_BOOK',
    how: 'guards.thinBook.minDepthUsdt=1e9',
    sets: [...BUSY, 'guards.thinBook.minDepthUsdt=1000000000'],
    seen: noEntryAtAll,
  },
  {
    code: 'TICK_COARSE',
    how: 'guards.tickCoarse.maxTickBps=0.001',
    sets: [...BUSY, 'guards.tickCoarse.maxTickBps=0.001'],
    seen: noEntryAtAll,
  },
  {
    code: 'PRICE_FROM_MID',
    how: 'guards.priceFromMid.max=0',
    sets: [...BUSY, 'guards.priceFromMid.max=0'],
    seen: noEntryAtAll,
  },
  {
    code: 'SPREAD_INSANE',
    how: 'the venue halves ETH',
    sets: BUSY,
    faults: [[SETTLED_MS, { kind: 'halve', venue: 'upbit', symbol: 'ETH' }]],
    seen: noneAfterRefusal('SPREAD_INSANE'),
  },
  {
    code: 'FX_INSANE',
    how: 'one bad quote of KRW-USDT',
    sets: BUSY,
    faults: [[SETTLED_MS, { kind: 'badFx' }]],
    seen: noneAfterRefusal('FX_INSANE'),
  },
  {
    code: 'VENUE_DOWN',
    how: 'the venue drops its socket and takes no other; guards.venueDown.afterMs=1500',
    sets: [...BUSY, 'guards.venueDown.afterMs=1500'],
    faults: [
      [SETTLED_MS, { kind: 'refuseDials', venue: 'upbit', durationMs: 60_000 }],
      [0, { kind: 'drop', venue: 'upbit' }],
    ],
    seen: noEntryWhileHeld('VENUE_DOWN'),
  },
  {
    code: 'FX_STALE',
    how: 'Upbit sends no more KRW-USDT',
    sets: BUSY,
    faults: [[SETTLED_MS, { kind: 'silentSymbol', venue: 'upbit', symbol: 'USDT', durationMs: 60_000 }]],
    seen: noneAfterRefusal('FX_STALE'),
  },
  {
    code: 'COMMON_MODE',
    how: 'one bad quote of KRW-USDT; guards.fxInsane.maxDeviation=null, guards.commonMode.symbols=3',
    sets: [...BUSY, 'guards.fxInsane.maxDeviation=null', 'guards.commonMode.symbols=3'],
    faults: [[SETTLED_MS, { kind: 'badFx' }]],
    seen: noneAfterRefusal('COMMON_MODE'),
  },
  {
    code: 'QUOTE_STALE',
    how: 'Upbit falls silent about SOL while Binance moves on',
    sets: BUSY,
    faults: movesAwayFrom('silentSymbol'),
    seen: noneAfterRefusal('QUOTE_STALE'),
  },
  {
    code: 'BOOK_FROZEN',
    how: 'Upbit repeats one book of SOL while Binance moves on',
    sets: BUSY,
    faults: movesAwayFrom('frozenBook'),
    seen: noneAfterRefusal('BOOK_FROZEN'),
  },
];
