import type { Verdict } from '../guards/types.ts';
import { ageMs } from '../market/freshness.ts';
import type { Market } from '../market/market.ts';
import { isQuoted } from '../market/market.ts';
import type { Direction, VenueId } from '../market/types.ts';
import { type BestPrices, bestPrices } from '../portfolio/prices.ts';
import { bestGrossEdge, displayedNumber, hitSide, roundTripFees } from '../spread/edge.ts';
import type { EntryWish } from '../strategy/types.ts';
import { guardContext } from './guard-context.ts';
import { maxPositionOf } from './settings.ts';
import type { SymbolState } from './state.ts';
import type { StepWorld } from './world.ts';

/** Where a symbol stands now: what its market shows, what an entry would earn, and which guards would hold it back. */
export interface Standing extends BestPrices {
  readonly atMs: number;
  /** FLAT, COOLDOWN, or the state of its pair. */
  readonly state: string;
  readonly binanceAgeMs: number | null;
  readonly upbitAgeMs: number | null;
  readonly fxAgeMs: number | null;
  /** Net edge of an entry at the best levels, fractions. */
  readonly sellUpbitNetEdge: number | null;
  readonly sellBinanceNetEdge: number | null;
  readonly unrealisedPnlUsdt: number | null;
  readonly cooldownUntilMs: number | null;
  readonly configVersion: string;
  /** Every guard's answer to an entry of full size in the better direction. */
  readonly guards: readonly Verdict[];
}

export function standingOf(state: SymbolState, market: Market, world: StepWorld, nowMs: number): Standing {
  const { settings } = world;
  const { binance, upbit, fx } = market;
  const quoted = isQuoted(market);
  const costs = roundTripFees(settings.execution.fees).toNumber() + settings.execution.slippageAllowance;
  const net = (direction: Direction) => (quoted ? finite(bestGrossEdge(market, direction) - costs) : null);
  const sellUpbit = net('SELL_UPBIT');
  const sellBinance = net('SELL_BINANCE');
  const direction = (sellBinance ?? -1) > (sellUpbit ?? -1) ? 'SELL_BINANCE' : 'SELL_UPBIT';
  const { pair } = state;
  const unrealised =
    pair?.state === 'OPEN' && quoted ? settings.strategy.exit(market, pair, nowMs, null).closingPnlUsdt : null;
  return {
    ...bestPrices(state.symbol, market),
    atMs: nowMs,
    state: pair?.state ?? (state.cooldownUntilMs !== null && nowMs < state.cooldownUntilMs ? 'COOLDOWN' : 'FLAT'),
    binanceAgeMs: ageMs(binance, nowMs),
    upbitAgeMs: ageMs(upbit, nowMs),
    fxAgeMs: ageMs(fx, nowMs),
    sellUpbitNetEdge: sellUpbit,
    sellBinanceNetEdge: sellBinance,
    unrealisedPnlUsdt: unrealised === null ? null : finite(unrealised),
    cooldownUntilMs: state.cooldownUntilMs,
    configVersion: settings.configVersion,
    guards: quoted
      ? world.chain.explain(
          guardContext(state, market, nowMs, fullSizeWish(state.symbol, market, world, direction), world),
        )
      : [],
  };
}

/** An entry of full size, or of what is displayed, at the best price: what the guards are asked about. */
function fullSizeWish(symbol: string, market: Market, world: StepWorld, direction: Direction): EntryWish {
  const price = hitSide(market, 'binance', direction).price[0] ?? 0;
  const budget = maxPositionOf(world.settings, symbol).value;
  const edge = bestGrossEdge(market, direction);
  const displayed = (venue: VenueId) => displayedNumber(hitSide(market, venue, direction));
  return {
    direction,
    quantity: price > 0 ? Math.min(budget / price, displayed('binance'), displayed('upbit')) : 0,
    grossEdge: edge,
    netEdge: edge,
    entryPriceUsdt: price,
    entryNotionalUsdt: budget,
    limitedBy: null,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
