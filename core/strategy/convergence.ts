import { fillFlow } from '../execution/ledger.ts';
import type { ExitReason, Pair } from '../execution/types.ts';
import type { Market } from '../market/market.ts';
import { type Decimal, decimal, exactly, sum } from '../market/money.ts';
import { type Direction, oppositeDirection } from '../market/types.ts';
import { sizeEntry } from '../portfolio/sizing.ts';
import {
  bestGrossEdge,
  type FeeRates,
  grossEdge,
  grossEdgeAtLeast,
  hitSide,
  roundTripFees,
  vwap,
  walkExact,
} from '../spread/edge.ts';
import type { EntryInput, EntryWish, ExitAnswer, SizeLimit, Strategy } from './types.ts';

/** Parameters of v1; fractions, seconds and ms as in the configuration. */
export interface ConvergenceParameters {
  readonly minProfitThreshold: number;
  readonly slippageAllowance: number;
  readonly exitEdge: number;
  readonly stopLoss: number;
  readonly maxHoldSeconds: number;
  readonly takeProfit: number | null;
  readonly stopConfirmMs: number;
  readonly fees: FeeRates;
}

/** Near a bound of money (USDT) the comparison is made again in exact decimals. */
const EXACT_WITHIN_USDT = 1e-6;
const DIRECTIONS: readonly Direction[] = ['SELL_UPBIT', 'SELL_BINANCE'];

/** Strategy v1 (SPEC §4): enter on a wide net edge, leave when the gap has converged. */
export function convergence(parameters: ConvergenceParameters): Strategy {
  const { fees, stopConfirmMs, takeProfit } = parameters;
  const costs = roundTripFees(fees).plus(decimal(parameters.slippageAllowance));
  const costsNumber = costs.toNumber();
  /** Gross edge that an entry needs. */
  const entryBound = exactly(costs.plus(decimal(parameters.minProfitThreshold)));
  const nearEntry = entryBound.value - 1e-9;
  const exitBound = exactly(decimal(parameters.exitEdge).negated());
  const maxHoldMs = parameters.maxHoldSeconds * 1000;

  /** A wish for a quantity, or null where its net edge does not reach the threshold. */
  function wish(input: EntryInput, direction: Direction, quantity: number | null, limit: SizeLimit | null) {
    if (quantity === null) return null;
    const gross = grossEdge(input.market, direction, quantity);
    if (!grossEdgeAtLeast(input.market, direction, quantity, gross, entryBound)) return null;
    const entryPriceUsdt = hitSide(input.market, 'binance', direction).price[0]!;
    return {
      direction,
      quantity,
      grossEdge: gross,
      netEdge: gross - costsNumber,
      entryPriceUsdt,
      entryNotionalUsdt: quantity * entryPriceUsdt,
      limitedBy: limit,
    };
  }

  function entryIn(input: EntryInput, direction: Direction): EntryWish | null {
    if (!(bestGrossEdge(input.market, direction) >= nearEntry)) return null;
    const { market, rules } = input;
    const { symbolUsdt, portfolioUsdt } = input.headroom;
    const room = portfolioUsdt[direction];
    const budget = room.value < symbolUsdt.value ? room : symbolUsdt;
    const size = sizeEntry(market, rules, direction, budget);
    if (size !== null) return wish(input, direction, size, null);
    const withinPosition = sizeEntry(market, rules, direction, symbolUsdt);
    if (withinPosition !== null) return wish(input, direction, withinPosition, 'MAX_EXPOSURE');
    return wish(input, direction, sizeEntry(market, rules, direction, null), 'MAX_POSITION');
  }

  /** The larger net edge among those that can be sized; a tie goes to SELL_UPBIT; what cannot be sized comes last. */
  function entry(input: EntryInput): EntryWish | null {
    let best: EntryWish | null = null;
    for (const direction of DIRECTIONS) {
      const candidate = entryIn(input, direction);
      if (candidate === null) continue;
      if (best === null) best = candidate;
      else if ((candidate.limitedBy === null) !== (best.limitedBy === null)) {
        if (candidate.limitedBy === null) best = candidate;
      } else if (candidate.netEdge > best.netEdge) best = candidate;
    }
    return best;
  }

  /** PnL of the position if it were closed now, in USDT, all fees counted; NaN where a side displays too little. */
  function closingPnl(market: Market, pair: Pair): number {
    const { binance, upbit, fx } = market;
    const q = pair.openQuantity;
    if (pair.direction === 'SELL_UPBIT') {
      const sale = q * vwap(binance.bid, q) * (1 - fees.binance);
      return pair.flowUsdt + sale - ((q * vwap(upbit.ask, q)) / fx.bid) * (1 + fees.upbit);
    }
    const sale = ((q * vwap(upbit.bid, q)) / fx.ask) * (1 - fees.upbit);
    return pair.flowUsdt + sale - q * vwap(binance.ask, q) * (1 + fees.binance);
  }

  function closingPnlExact(market: Market, pair: Pair): Decimal {
    const closing = oppositeDirection(pair.direction);
    const q = decimal(pair.openQuantity);
    const onBinance = walkExact(hitSide(market, 'binance', closing), q).notional;
    const won = walkExact(hitSide(market, 'upbit', closing), q).notional;
    const buysOnBinance = closing === 'SELL_UPBIT';
    const onUpbit = won.div(decimal(buysOnBinance ? market.fx.ask : market.fx.bid));
    const traded = buysOnBinance ? onUpbit.minus(onBinance) : onBinance.minus(onUpbit);
    return sum(pair.fills.map(fillFlow))
      .plus(traded)
      .minus(onBinance.times(decimal(fees.binance)))
      .minus(onUpbit.times(decimal(fees.upbit)));
  }

  /** Whether closing now would end at or below (`sign` 1) or at or above (−1) a bound of money. */
  function pnlReaches(market: Market, pair: Pair, pnl: number, boundUsdt: number, sign: 1 | -1): boolean {
    const distance = (boundUsdt - pnl) * sign;
    if (Math.abs(distance) > EXACT_WITHIN_USDT) return distance > 0;
    const bound = decimal(pair.entryNotionalUsdt).times(decimal(sign === 1 ? -parameters.stopLoss : takeProfit!));
    const exact = closingPnlExact(market, pair);
    return sign === 1 ? exact.lte(bound) : exact.gte(bound);
  }

  function exit(market: Market, pair: Pair, nowMs: number, stopSinceMs: number | null): ExitAnswer {
    const q = pair.openQuantity;
    const pnl = closingPnl(market, pair);
    const closing = oppositeDirection(pair.direction);
    const edge = grossEdge(market, closing, q);
    const displayed = !Number.isNaN(pnl);
    let since = displayed ? null : stopSinceMs;
    let reason: ExitReason | null = null;
    if (displayed) {
      if (pnlReaches(market, pair, pnl, -parameters.stopLoss * pair.entryNotional, 1)) {
        since = stopSinceMs ?? nowMs;
        if (nowMs - since >= stopConfirmMs) reason = 'LOSS_STOP';
      }
      reason ??= gainOrTime(market, pair, pnl, edge, closing, nowMs);
    }
    return { reason, stopSinceMs: since, displayed, closingPnlUsdt: pnl, closingEdge: edge };
  }

  function gainOrTime(market: Market, pair: Pair, pnl: number, edge: number, closing: Direction, nowMs: number) {
    if (takeProfit !== null && pnlReaches(market, pair, pnl, takeProfit * pair.entryNotional, -1)) return 'TAKE_PROFIT';
    if (grossEdgeAtLeast(market, closing, pair.openQuantity, edge, exitBound)) return 'CONVERGED';
    return nowMs - (pair.openedAtMs ?? nowMs) >= maxHoldMs ? 'TIME_STOP' : null;
  }

  return {
    name: 'convergence',
    entryEdge: entryBound.value,
    couldEnter: (market) =>
      bestGrossEdge(market, 'SELL_UPBIT') >= nearEntry || bestGrossEdge(market, 'SELL_BINANCE') >= nearEntry,
    entry,
    exit,
  };
}
