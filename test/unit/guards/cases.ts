import { createHistory } from '#adapters/store/sqlite/history.ts';
import type { Measurement } from '#core/guards/outside.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from '../../support/machine.ts';

export const BTC = 'BTC/USDT';
export const T0 = 1_700_000_000_000;
export const deep = 1e4;
/** A machine that has heard of BTC on both venues, Upbit ten milliseconds after T0, with a gap that wants an entry. */
export function quoted(options: TestMachineOptions = {}): TestMachine {
  const t = testMachine(options);
  t.machine.start(T0);
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  t.quote(T0 + 10, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
  return t;
}

const patient = { strategy: { maxQuoteAgeMs: 10_000 } };

export interface Case {
  readonly raw?: object;
  readonly guardsOn?: boolean;
  /** Brings the machine to the brink before the tempting quote. */
  prepare?(t: TestMachine): void;
  /** The tempting quote's time and Upbit's bid. */
  readonly atMs?: number;
  readonly bid?: number;
  /** Coins shown there, and how far above it the ask is. */
  readonly quantity?: number;
  readonly spread?: number;
}

/** Puts a wide gap before a flat symbol and tells what came of it. */
export function tempt(options: Case): { entered: boolean; refusals: string[]; t: TestMachine } {
  const machineOptions: TestMachineOptions = {
    raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 0 }, ...options.raw },
    guardsOn: options.guardsOn ?? true,
  };
  const t = testMachine(machineOptions);
  t.machine.start(T0);
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  t.quote(T0, 'upbit', BTC, [[140_000, deep]], [[140_050, deep]]);
  options.prepare?.(t);
  const bid = options.bid ?? 142_000;
  const atMs = options.atMs ?? T0 + 100;
  t.quote(atMs, 'upbit', BTC, [[bid, options.quantity ?? deep]], [[bid + (options.spread ?? 50), deep]]);
  const decisions = createHistory(t.database).decisions(BTC, 50);
  return {
    entered: decisions.some((made) => made.decision === 'ENTER' && made.atMs === atMs),
    refusals: decisions.filter(({ decision }) => decision === 'REFUSED').map(({ code }) => code),
    t,
  };
}

export function measured(measurement: Measurement): (t: TestMachine) => void {
  return (t) => t.machine.measure(measurement, T0 + 50);
}

/** No rest between trades. */
export function fast(guards: object): object {
  return { strategy: { cooldownSeconds: 0 }, guards };
}

function three(guards: object): object {
  return {
    universe: { symbols: [BTC, 'ETH/USDT', 'XRP/USDT'] },
    guards: { fxInsane: { maxDeviation: null }, ...guards },
  };
}

/** KRW-USDT rests at 1400 for twelve seconds and then moves. */
function rateMovesTo(bid: number): (t: TestMachine) => void {
  return (t) => {
    for (let second = 1; second <= 12; second++) {
      t.fx(T0 + second * 1000, 1400, 1400.5);
      t.quote(T0 + second * 1000, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
    }
    t.fx(T0 + 12_100, bid, bid + 0.5);
  };
}

/** Binance says the same again and again until T0 + 3000. */
function repeatBinance(everyMs: number): (t: TestMachine) => void {
  return (t) => {
    for (let ms = everyMs; ms < 3001; ms += everyMs) {
      t.quote(T0 + Math.floor(ms), 'binance', BTC, [[100, deep]], [[100.01, deep]]);
    }
    t.fx(T0 + 3000, 1400, 1400.5);
  };
}

/** Opens ETH and XRP, each as large as Upbit shows coins for. */
function openTwo(quantity: number): (t: TestMachine) => void {
  return (t) => {
    for (const [i, symbol] of ['ETH/USDT', 'XRP/USDT'].entries()) {
      t.quote(T0 + 10 + i, 'binance', symbol, [[50, deep]], [[50.01, deep]]);
      t.quote(T0 + 20 + i, 'upbit', symbol, [[70_000, deep]], [[70_050, deep]]);
      t.quote(T0 + 30 + i, 'upbit', symbol, [[71_000, quantity]], [[71_050, deep]]);
    }
  };
}

/** A position that loses about 8 USDT. */
export function lose(t: TestMachine): void {
  t.quote(T0 + 10, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
  t.quote(T0 + 20, 'upbit', BTC, [[140_000, deep]], [[144_000, deep]]);
}

function win(t: TestMachine): void {
  t.quote(T0 + 10, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
  t.quote(T0 + 20, 'upbit', BTC, [[139_990, deep]], [[140_000, deep]]);
}

export const control = (tradingState: 'REDUCE_ONLY' | 'HALTED') => (t: TestMachine) =>
  t.machine.control(t.machine.store.changeControl({ tradingState, reason: 'test', flatten: false, atMs: T0 }), T0 + 1);

/** For each guard: a situation in which it refuses, and one beside it in which it lets pass. */
export const CASES: Record<string, { fires: Case; passes: Case }> = {
  KILL_SWITCH: { fires: { prepare: control('REDUCE_ONLY') }, passes: {} },
  DAILY_LOSS: {
    fires: { raw: fast({ dailyLoss: { maxUsdt: 5 } }), prepare: lose },
    passes: { raw: fast({ dailyLoss: { maxUsdt: 50 } }), prepare: lose },
  },
  DRAWDOWN: {
    fires: { raw: fast({ drawdown: { maxUsdt: 5 } }), prepare: lose },
    passes: { raw: fast({ drawdown: { maxUsdt: 50 } }), prepare: lose },
  },
  ERROR_RATE: {
    fires: { prepare: measured({ kind: 'errors', count: 11 }) },
    passes: { prepare: measured({ kind: 'errors', count: 10 }) },
  },
  CLOCK_SKEW: {
    fires: { prepare: measured({ kind: 'clock', skewMs: -1001 }) },
    passes: { prepare: measured({ kind: 'clock', skewMs: -1000 }) },
  },
  VENUE_DOWN: {
    fires: { raw: patient, atMs: T0 + 5001, prepare: (t) => t.fx(T0 + 5000, 1400, 1400.5) },
    passes: { raw: patient, atMs: T0 + 5000, prepare: (t) => t.fx(T0 + 5000, 1400, 1400.5) },
  },
  DISK_FULL: {
    fires: { prepare: measured({ kind: 'disk', freeBytes: 499e6 }) },
    passes: { prepare: measured({ kind: 'disk', freeBytes: 500e6 }) },
  },
  RECONCILE_MISMATCH: {
    fires: { prepare: measured({ kind: 'reconcile', mismatch: '1 BTC is missing on upbit' }) },
    passes: { prepare: measured({ kind: 'reconcile', mismatch: null }) },
  },
  FX_STALE: {
    fires: { atMs: T0 + 2001, prepare: (t) => t.quote(T0 + 2000, 'binance', BTC, [[100, deep]], [[100.01, deep]]) },
    passes: { atMs: T0 + 2000, prepare: (t) => t.quote(T0 + 2000, 'binance', BTC, [[100, deep]], [[100.01, deep]]) },
  },
  FX_INSANE: {
    fires: { atMs: T0 + 12_200, prepare: rateMovesTo(1380) },
    passes: { atMs: T0 + 12_200, prepare: rateMovesTo(1394) },
  },
  COMMON_MODE: {
    fires: { raw: three({ commonMode: { symbols: 3 } }), prepare: openTwo(deep) },
    passes: { raw: three({ commonMode: { symbols: 4 } }), prepare: openTwo(deep) },
  },
  TRADES_PER_MINUTE: {
    fires: { raw: fast({ tradesPerMinute: { max: 1 } }), prepare: win },
    passes: { raw: fast({ tradesPerMinute: { max: 2 } }), prepare: win },
  },
  MAX_EXPOSURE: {
    fires: { raw: { portfolio: { maxTotalExposureUsdt: 4.9 } } },
    passes: { raw: { portfolio: { maxTotalExposureUsdt: 5.1 } } },
  },
  OPEN_POSITIONS: {
    fires: {
      raw: { guards: { openPositions: { max: 1 } }, universe: { symbols: [BTC, 'ETH/USDT'] } },
      prepare: openEth,
    },
    passes: {
      raw: { guards: { openPositions: { max: 2 } }, universe: { symbols: [BTC, 'ETH/USDT'] } },
      prepare: openEth,
    },
  },
  VENUE_INVENTORY: {
    fires: { raw: balances(4.9) },
    passes: { raw: balances(5) },
  },
  CONCENTRATION: {
    fires: { raw: three({ commonMode: { symbols: null } }), prepare: openTwo(2.2) },
    passes: { raw: three({ commonMode: { symbols: null } }), prepare: openTwo(deep) },
  },
  MAX_POSITION: {
    fires: { raw: { strategy: { maxPositionSizeUsdt: 4.9 } } },
    passes: { raw: { strategy: { maxPositionSizeUsdt: 5.1 } } },
  },
  COOLDOWN: {
    fires: { prepare: roundTrip, atMs: T0 + 20 + 59_999 },
    passes: { prepare: roundTrip, atMs: T0 + 20 + 60_000 },
  },
  QUOTE_STALE: {
    fires: { atMs: T0 + 2500, prepare: (t) => t.fx(T0 + 2500, 1400, 1400.5) },
    passes: { atMs: T0 + 2000, prepare: (t) => t.fx(T0 + 2000, 1400, 1400.5) },
  },
  BOOK_FROZEN: {
    fires: { atMs: T0 + 3000, prepare: repeatBinance(3000 / 9) },
    passes: { atMs: T0 + 3000, prepare: repeatBinance(3000 / 8) },
  },
  SPREAD_INSANE: { fires: { bid: 150_000 }, passes: { bid: 146_000 } },
  CONSECUTIVE_LOSSES: {
    fires: { raw: fast({ consecutiveLosses: { max: 1 } }), prepare: lose },
    passes: { raw: fast({ consecutiveLosses: { max: 2 } }), prepare: lose },
  },
  SYMBOL_DAILY_LOSS: {
    fires: { raw: fast({ symbolDailyLoss: { maxUsdt: 5 } }), prepare: lose },
    passes: { raw: fast({ symbolDailyLoss: { maxUsdt: 20 } }), prepare: lose },
  },
  THIN_BOOK: { fires: { quantity: 0.9 }, passes: { quantity: 1.1 } },
  TICK_COARSE: {
    fires: { raw: { guards: { tickCoarse: { maxTickBps: 7 } } } },
    passes: { raw: { guards: { tickCoarse: { maxTickBps: 7.1 } } } },
  },
  VENUE_WARNING: {
    fires: { prepare: measured({ kind: 'warnings', symbols: [BTC] }) },
    passes: { prepare: measured({ kind: 'warnings', symbols: ['ETH/USDT'] }) },
  },
  WALLET_SUSPENDED: {
    fires: { prepare: measured({ kind: 'wallets', suspended: [BTC] }) },
    passes: { prepare: measured({ kind: 'wallets', suspended: [] }) },
  },
  PRICE_FROM_MID: { fires: { spread: 3000 }, passes: { spread: 2800 } },
};

export function balances(coins: number): object {
  return { paper: { latencyMs: 0, balances: { binance: { USDT: 1e6, BTC: 10 }, upbit: { KRW: 1e9, BTC: coins } } } };
}

function openEth(t: TestMachine): void {
  t.quote(T0 + 1, 'binance', 'ETH/USDT', [[50, deep]], [[50.01, deep]]);
  t.quote(T0 + 2, 'upbit', 'ETH/USDT', [[71_000, deep]], [[71_010, deep]]);
}

/** Opens at T0 + 10, closes at T0 + 20, and keeps the quotes fresh for later. */
function roundTrip(t: TestMachine): void {
  win(t);
  t.fx(T0 + 59_000, 1400, 1400.5);
  t.quote(T0 + 59_000, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
}
