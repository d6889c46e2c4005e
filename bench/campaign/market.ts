import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInstruments, readRun, sidecar } from '#adapters/recording/sidecars.ts';
import type { BacktestResult } from '#adapters/wiring/backtest.ts';
import type { KpiReport } from '#core/kpi/index.ts';
import { coinOf } from '#core/market/symbol.ts';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import { DEFAULTS, recompute } from '../../test/reference/convergence.ts';
import { type Check, check } from './check.ts';
import { worstDifference } from './money.ts';
import { ask, pause, startRun, withVenues } from './session.ts';
import { judgeList, type ListFigures } from './top-ten.ts';

const TOLERANCE_USDT = 1e-9;

/** The guarded run as it is shipped but for a shorter rest and hold, so that it makes many trades. */
const guarded = (seconds: number) => [
  'strategy.minProfitThreshold=0.0005',
  'strategy.cooldownSeconds=5',
  `strategy.maxHoldSeconds=${Math.min(30, Math.ceil(seconds / 10))}`,
  'universe.refreshSeconds=30',
];
const GUARDED_FEES = { binance: 0.001, upbit: 0.0005 };

/** The bare strategy with orders that take no time: what the second implementation of the rules can follow exactly. */
const BARE = {
  minProfitThreshold: 0,
  slippageAllowance: 0,
  cooldownSeconds: 1,
  maxHoldSeconds: 10,
  feeBinance: 0.00002,
  feeUpbit: 0.00001,
  maxTotalExposureUsdt: 4000,
};

export interface SymbolRow {
  readonly symbol: string;
  readonly trades: number;
  readonly pnlUsdt: number;
  /** Against the recomputation of the same run, USDT. */
  readonly differenceUsdt: number;
}

export interface TradedFigures {
  readonly list: ListFigures;
  readonly runs: readonly RunFigures[];
}

export interface RunFigures {
  readonly title: string;
  readonly ticks: number;
  readonly frames: number;
  readonly trades: number;
  readonly open: number;
  readonly symbols: readonly SymbolRow[];
  readonly worstFillDifferenceUsdt: number;
  readonly checks: readonly Check[];
}

/**
 * Two recorded runs beside each other on the same venues; each is then recomputed from what it recorded. They go on
 * beyond their time until both have closed a position.
 */
export function tradeAndRecompute(directory: string, seconds: number): Promise<TradedFigures> {
  return withVenues(73, async (venues) => {
    const options = (name: string) => ['--record', join(directory, `${name}.tape`)];
    const data = (name: string) => join(directory, name);
    const bare = [
      `strategy.minProfitThreshold=${BARE.minProfitThreshold}`,
      `strategy.slippageAllowance=${BARE.slippageAllowance}`,
      `strategy.cooldownSeconds=${BARE.cooldownSeconds}`,
      `strategy.maxHoldSeconds=${BARE.maxHoldSeconds}`,
      `venues.binance.takerFeeRate=${BARE.feeBinance}`,
      `venues.upbit.takerFeeRate=${BARE.feeUpbit}`,
      `portfolio.maxTotalExposureUsdt=${BARE.maxTotalExposureUsdt}`,
      'paper.latencyMs=0',
      // The second implementation of the rules knows of one list.
      'universe.refreshSeconds=86400',
    ];
    const runs = [
      startRun(venues, data('guarded'), guarded(seconds), options('guarded')),
      startRun(venues, data('bare'), bare, [...options('bare'), '--no-guards']),
    ];
    await Promise.all(runs.map((run) => run.event('started')));
    await pause(seconds * 1000);
    await Promise.all(runs.map((run) => run.event('trade')));
    const list = await judgeList(venues, listOf(join(directory, 'guarded.tape')));
    const ended = await Promise.all(runs.map((run) => run.stop()));
    const failed = ended.find(({ code }) => code !== 0);
    if (failed !== undefined) throw new Error(`a run ended with ${failed.code}: ${failed.stderr}`);
    const ticks = ended.map((each) => each.json<{ ticks: number }>().ticks);
    return { list, runs: [await judgeGuarded(directory, ticks[0]!), await judgeBare(directory, ticks[1]!)] };
  });
}

/** What a recorded run traded from its start, in the order in which it was judged. */
function listOf(tape: string): readonly string[] {
  return readRun(tape)?.list?.symbols ?? [];
}

interface Stored {
  readonly trades: Trade[];
  readonly open: PositionView[];
  readonly kpi: KpiReport;
}

async function stored(data: string): Promise<Stored> {
  return {
    trades: await ask<Trade[]>('trades', '--data', data),
    open: await ask<PositionView[]>('positions', '--data', data),
    kpi: await ask<KpiReport>('kpi', '--data', data),
  };
}

async function judgeGuarded(directory: string, ticks: number): Promise<RunFigures> {
  const live = await stored(join(directory, 'guarded'));
  const tape = join(directory, 'guarded.tape');
  const replayed = await ask<BacktestResult>('backtest', '--tape', tape);
  const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();
  return figures('Guarded, orders 50 ms away, replayed', { ticks, frames: replayed.tape.frames }, live, {
    list: listOf(tape),
    trades: replayed.trades,
    fees: GUARDED_FEES,
    checks: [
      check(
        'every trade of the replay equals the live one to the digit, fills included',
        live.trades.length > 0 && isEqual(replayed.trades, live.trades),
        `${live.trades.length} live, ${replayed.trades.length} replayed`,
      ),
      check('the same positions are open', isEqual(ids(replayed.open), ids(live.open)), `${live.open.length} open`),
      check('the recording is whole', !replayed.tape.truncated, `${replayed.tape.rejectedFrames} frames rejected`),
    ],
  });
}

async function judgeBare(directory: string, ticks: number): Promise<RunFigures> {
  const live = await stored(join(directory, 'bare'));
  const tape = join(directory, 'bare.tape');
  const lots = [...readInstruments(sidecar.instruments(tape))].map(([symbol, { binance, upbit }]) => {
    const coarser = Number(binance.lot) >= Number(upbit.lot) ? binance.lot : upbit.lot;
    return [coinOf(symbol), coarser] as const;
  });
  const lines = readFileSync(tape, 'utf8').trimEnd().split('\n');
  const expected = recompute(lines, {
    ...DEFAULTS,
    ...BARE,
    symbols: listOf(tape).map(coinOf),
    lots: Object.fromEntries(lots),
  });
  const key = (t: { symbol: string; openedAtMs: number | null }) => `${t.openedAtMs} ${t.symbol}`;
  const byKey = new Map(expected.trades.map((trade) => [key(trade), trade]));
  let same = 0;
  for (const trade of live.trades) {
    const other = byKey.get(key(trade));
    const isSame =
      other !== undefined &&
      (['symbol', 'direction', 'quantity', 'openedAtMs', 'closedAtMs', 'reason'] as const).every(
        (field) => other[field] === trade[field],
      ) &&
      Math.abs(other.pnlUsdt - trade.pnlUsdt) < TOLERANCE_USDT &&
      Math.abs(other.entryNotionalUsdt - trade.entryNotionalUsdt) < TOLERANCE_USDT;
    if (isSame) same++;
  }
  const count = live.trades.length;
  return figures('Bare strategy, orders at once, recomputed', { ticks, frames: lines.length }, live, {
    list: listOf(tape),
    trades: expected.trades,
    fees: { binance: BARE.feeBinance, upbit: BARE.feeUpbit },
    checks: [
      check(
        'every trade equals the second implementation’s: times, direction, quantity, reason; money to 1e-9 USDT',
        count > 0 && same === count && expected.trades.length === count,
        `${same} of ${count} equal, ${expected.trades.length} recomputed`,
      ),
      check('as many positions are open', expected.open === live.open.length, `${live.open.length} open`),
    ],
  });
}

interface Judged {
  readonly list: readonly string[];
  readonly trades: readonly { symbol: string; pnlUsdt: number }[];
  readonly fees: { binance: number; upbit: number };
  readonly checks: readonly Check[];
}

function figures(title: string, seen: { ticks: number; frames: number }, live: Stored, judged: Judged): RunFigures {
  const of = <T extends { symbol: string }>(rows: readonly T[], symbol: string) =>
    rows.filter((row) => row.symbol === symbol);
  const sum = (rows: readonly { pnlUsdt: number }[]) => rows.reduce((total, { pnlUsdt }) => total + pnlUsdt, 0);
  const symbols = judged.list.map((symbol): SymbolRow => {
    const mine = of(live.trades, symbol);
    const differenceUsdt = Math.abs(sum(mine) - sum(of(judged.trades, symbol)));
    return { symbol, trades: mine.length, pnlUsdt: sum(mine), differenceUsdt };
  });
  const kpiWorst = Math.max(
    ...symbols.map(({ symbol, pnlUsdt }) => Math.abs((live.kpi.symbols[symbol]?.pnlUsdt ?? 0) - pnlUsdt)),
    Math.abs((live.kpi.total.pnlUsdt ?? Number.NaN) - sum(live.trades)),
  );
  const worst = worstDifference([...live.trades, ...live.open], judged.fees);
  return {
    title,
    ...seen,
    trades: live.trades.length,
    open: live.open.length,
    symbols,
    worstFillDifferenceUsdt: worst,
    checks: [
      ...judged.checks,
      check('PnL of each position is the sum of its fills', worst < 1e-6, `worst ${worst.toExponential(1)} USDT`),
      check('the stored figures are the sum of the trades', kpiWorst < 1e-6, `worst ${kpiWorst.toExponential(1)} USDT`),
      check(
        'PnL per symbol equals the recomputed one',
        symbols.every(({ differenceUsdt }) => differenceUsdt < 1e-6),
        `worst ${Math.max(...symbols.map(({ differenceUsdt }) => differenceUsdt)).toExponential(1)} USDT`,
      ),
    ],
  };
}
