import type { Config } from '../config.ts';
import { configVersion } from '../config-version.ts';
import type { PauseRule } from '../guards/losses.ts';
import type { FreshnessRule } from '../market/freshness.ts';
import { type Instrument, type TradingRules, tradingRules } from '../market/instrument.ts';
import { type Decimal, decimal, type Exact, exactly } from '../market/money.ts';
import { byVenue, type VenueId } from '../market/types.ts';
import { tooLight, type Weights, weigh } from '../portfolio/weights.ts';
import type { FeeRates } from '../spread/edge.ts';
import { convergence } from '../strategy/convergence.ts';
import type { Strategy } from '../strategy/types.ts';
import { plainList, type SymbolList, watchedSymbols } from '../universe/list.ts';

/** The rules of execution, SPEC §7; fractions and ms. */
export interface ExecutionRules {
  readonly chaseAttempts: number;
  readonly maxNakedMs: number;
  readonly entryExpiresMs: number;
  readonly slippageAllowance: number;
  readonly cooldownMs: number;
  readonly cooldownAfterStopMs: number;
  readonly fees: FeeRates;
}

/** Limits that guards read; null means no limit. */
export interface Limits {
  readonly maxTotalExposureUsdt: Decimal;
  readonly maxVenueExposureUsdt: Decimal | null;
  readonly maxDirectionExposureUsdt: Decimal | null;
  readonly maxOpenPositions: number | null;
  readonly maxEntriesPerMinute: number | null;
  readonly maxEdge: number | null;
}

/** How the paper venues behave. */
export interface PaperRules {
  readonly latencyMs: Readonly<Record<VenueId, number>>;
  readonly faults: Config['paper']['faults'];
}

/** What the engine needs of the configuration, read once: numbers, decimals and the strategy in force. */
export interface Settings {
  readonly configVersion: string;
  readonly symbols: readonly string[];
  /** Of `watched`, those that take no new entries. */
  readonly draining: ReadonlySet<string>;
  /** All that is listened to and managed: `symbols`, then what is draining. */
  readonly watched: readonly string[];
  /** 24 h volumes in USDT, where they are known. */
  readonly volumesUsdt: Readonly<Record<string, number>>;
  readonly rules: ReadonlyMap<string, TradingRules>;
  readonly strategy: Strategy;
  readonly freshness: FreshnessRule;
  readonly execution: ExecutionRules;
  readonly limits: Limits;
  /** Position size before weights, USDT. */
  readonly maxPositionUsdt: Exact;
  readonly weights: Weights;
  /** Maximum position of each symbol: size × weight, USDT. */
  readonly maxPositionsUsdt: ReadonlyMap<string, Exact>;
  /** The guards' own limits, as configured. */
  readonly guards: Config['guards'];
  /** Free space below which nothing new begins, bytes. */
  readonly minFreeBytes: number;
  /** Hour (UTC) at which a trading day begins. */
  readonly rolloverHour: number;
  readonly maxHoldMs: number;
  /** Whether a venue's warning of a coin holds entries back. */
  readonly heedWarnings: boolean;
  /** When a symbol that keeps losing is paused. */
  readonly pauseRule: PauseRule;
  /** False with `--no-guards`: SPEC §4 alone. */
  readonly guardsOn: boolean;
  readonly paper: PaperRules;
  /** Given by the configuration, or null: derived at the first quotes. */
  readonly balances: Config['paper']['balances'];
  /** Derived balances, in USDT per currency and coin. */
  readonly derivedBalanceUsdt: number;
}

/** How many positions of full size the derived paper balances hold. */
const BALANCE_POSITIONS = 10;

export function compileSettings(
  config: Config,
  instruments: ReadonlyMap<string, Instrument>,
  options: { guardsOn: boolean; list?: SymbolList | undefined },
): Settings {
  const { strategy, portfolio, execution, guards, venues, universe, paper } = config;
  const list = options.list ?? plainList(universe.symbols);
  const watched = watchedSymbols(list);
  const fees = byVenue((venue) => venues[venue].takerFeeRate);
  const rules = new Map<string, TradingRules>();
  for (const symbol of watched) {
    const instrument = instruments.get(symbol);
    if (instrument === undefined) throw new Error(`no instrument for ${symbol}`);
    rules.set(symbol, tradingRules(instrument));
  }
  const size = decimal(strategy.maxPositionSizeUsdt);
  const weighed = weigh(portfolio.weights, list);
  const leastUsdt = (symbol: string) => rules.get(symbol)!.minNotional.binance.toNumber();
  const light = tooLight(weighed, strategy.maxPositionSizeUsdt, leastUsdt);
  const weights = { ...weighed, warnings: [...weighed.warnings, ...light] };
  return {
    configVersion: configVersion(config),
    symbols: list.symbols,
    draining: new Set(list.draining),
    watched,
    volumesUsdt: list.volumesUsdt,
    rules,
    strategy: convergence({ ...strategy, fees }),
    freshness: { maxQuoteAgeMs: strategy.maxQuoteAgeMs, mode: strategy.freshness },
    execution: {
      chaseAttempts: execution.chaseAttempts,
      maxNakedMs: execution.maxNakedSeconds * 1000,
      entryExpiresMs: execution.entryExpiresMs,
      slippageAllowance: strategy.slippageAllowance,
      cooldownMs: strategy.cooldownSeconds * 1000,
      cooldownAfterStopMs: (strategy.cooldownAfterStopSeconds ?? strategy.cooldownSeconds) * 1000,
      fees,
    },
    limits: {
      maxTotalExposureUsdt: decimal(portfolio.maxTotalExposureUsdt),
      maxVenueExposureUsdt: optional(portfolio.maxVenueExposureUsdt),
      maxDirectionExposureUsdt: optional(portfolio.maxDirectionExposureUsdt),
      maxOpenPositions: guards.openPositions.max,
      maxEntriesPerMinute: guards.tradesPerMinute.max,
      maxEdge: guards.spreadInsane.maxEdge,
    },
    maxPositionUsdt: exactly(size),
    weights,
    maxPositionsUsdt: new Map([...weights.bySymbol].map(([symbol, weight]) => [symbol, exactly(size.times(weight))])),
    guards,
    minFreeBytes: config.store.minFreeBytes,
    rolloverHour: config.day.rolloverHour,
    maxHoldMs: strategy.maxHoldSeconds * 1000,
    pauseRule: { max: guards.consecutiveLosses.max, pauseMs: guards.consecutiveLosses.pauseSeconds * 1000 },
    heedWarnings: universe.filters.excludeWarnings,
    guardsOn: options.guardsOn,
    paper: {
      latencyMs: typeof paper.latencyMs === 'number' ? byVenue(() => paper.latencyMs as number) : paper.latencyMs,
      faults: paper.faults,
    },
    balances: paper.balances,
    derivedBalanceUsdt: BALANCE_POSITIONS * strategy.maxPositionSizeUsdt,
  };
}

/** A symbol that has no weight has the plain size. */
export function maxPositionOf(settings: Settings, symbol: string): Exact {
  return settings.maxPositionsUsdt.get(symbol) ?? settings.maxPositionUsdt;
}

function optional(value: number | null): Decimal | null {
  return value === null ? null : decimal(value);
}
