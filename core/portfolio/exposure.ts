import type { SymbolState } from '../engine/state.ts';
import type { Direction, VenueId } from '../market/types.ts';
import type { Exposure } from './portfolio.ts';

/** Entry notional of open positions, USDT. A position has a leg on both venues, so each venue carries all of it. */
export interface ExposureView {
  readonly totalUsdt: number;
  readonly bySymbol: Readonly<Record<string, number>>;
  readonly byVenue: Readonly<Record<VenueId, number>>;
  readonly byDirection: Readonly<Record<Direction, number>>;
}

export function exposureView(
  exposure: Exposure,
  states: readonly Pick<SymbolState, 'symbol' | 'pair'>[],
): ExposureView {
  const totalUsdt = Number(exposure.totalUsdt);
  const { SELL_UPBIT, SELL_BINANCE } = exposure.byDirection;
  return {
    totalUsdt,
    bySymbol: Object.fromEntries(
      states.flatMap(({ symbol, pair }) => (pair === null ? [] : [[symbol, Number(pair.entryNotionalUsdt)]])),
    ),
    byVenue: { binance: totalUsdt, upbit: totalUsdt },
    byDirection: { SELL_UPBIT: Number(SELL_UPBIT), SELL_BINANCE: Number(SELL_BINANCE) },
  };
}
