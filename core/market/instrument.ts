import { ceilTo, type Decimal, decimal, floorTo } from './money.ts';
import type { VenueId } from './types.ts';
import { byVenue } from './types.ts';

/** Trading rules of one instrument on one venue. Decimals are texts as the venue gives them. */
export interface VenueInstrument {
  /** Quantities are multiples of this, in coins. */
  readonly lot: string;
  /** Prices are multiples of this, in the quote currency; `krw` means Upbit's table of ticks by price. */
  readonly tick: string;
  /** Smallest quantity of an order, in coins. */
  readonly minQuantity: string;
  /** Smallest price × quantity of an order, in the quote currency. */
  readonly minNotional: string;
}

export interface Instrument {
  readonly symbol: string;
  readonly binance: VenueInstrument;
  readonly upbit: VenueInstrument;
}

/** An instrument with its decimals read once. */
export interface TradingRules {
  readonly symbol: string;
  readonly lot: Readonly<Record<VenueId, Decimal>>;
  /** The coarser of the two lots: a pair's quantity is a multiple of it. */
  readonly pairLot: Decimal;
  /** How many pair lots make one coin, where that is a power of ten; else 0. */
  readonly lotsPerCoin: number;
  readonly minQuantity: Readonly<Record<VenueId, Decimal>>;
  readonly minNotional: Readonly<Record<VenueId, Decimal>>;
  /** The minimums as numbers, for the hot path. */
  readonly leastQuantity: Readonly<Record<VenueId, number>>;
  readonly leastNotional: Readonly<Record<VenueId, number>>;
  readonly tick: Readonly<Record<VenueId, string>>;
}

export function tradingRules(instrument: Instrument): TradingRules {
  const { symbol } = instrument;
  const lot = byVenue((venue) => decimal(instrument[venue].lot));
  const pairLot = lot.binance.gte(lot.upbit) ? lot.binance : lot.upbit;
  const lotsPerCoin = decimal(1).div(pairLot).toNumber();
  return {
    symbol,
    lot,
    pairLot,
    lotsPerCoin: Number.isInteger(Math.log10(lotsPerCoin)) ? lotsPerCoin : 0,
    minQuantity: byVenue((venue) => decimal(instrument[venue].minQuantity)),
    minNotional: byVenue((venue) => decimal(instrument[venue].minNotional)),
    leastQuantity: byVenue((venue) => Number(instrument[venue].minQuantity)),
    leastNotional: byVenue((venue) => Number(instrument[venue].minNotional)),
    tick: byVenue((venue) => instrument[venue].tick),
  };
}

/** Upbit's KRW ticks since 2025-07-31: from this price on, this tick (source: Upbit's notice and observed trades). */
const KRW_TICKS: readonly (readonly [fromPrice: number, tick: string])[] = [
  [1_000_000, '1000'],
  [500_000, '500'],
  [100_000, '100'],
  [50_000, '50'],
  [10_000, '10'],
  [5_000, '5'],
  [1_000, '1'],
  [100, '1'],
  [10, '0.1'],
  [1, '0.01'],
  [0.1, '0.001'],
  [0.01, '0.0001'],
  [0.001, '0.00001'],
  [0.0001, '0.000001'],
  [0, '0.0000001'],
];

/** Upbit's price step in won at a price in won. */
export function krwTick(priceKrw: number): string {
  for (const [from, tick] of KRW_TICKS) if (priceKrw >= from) return tick;
  return '0.0000001';
}

function tickAt(rules: TradingRules, venue: VenueId, price: Decimal): Decimal {
  const tick = rules.tick[venue];
  return decimal(tick === 'krw' ? krwTick(price.toNumber()) : tick);
}

/** Rounds a price down to the venue's tick; a tick of 0 (rule switched off by the venue) leaves it as it is. */
export function priceDown(rules: TradingRules, venue: VenueId, price: Decimal): Decimal {
  const tick = tickAt(rules, venue, price);
  return tick.isZero() ? price : floorTo(price, tick);
}

/** Rounds a price up to the venue's tick. */
export function priceUp(rules: TradingRules, venue: VenueId, price: Decimal): Decimal {
  const tick = tickAt(rules, venue, price);
  return tick.isZero() ? price : ceilTo(price, tick);
}

/** Whether a venue would take an order of this quantity at this price (in its quote currency). */
export function meetsMinimum(rules: TradingRules, venue: VenueId, quantity: Decimal, price: Decimal): boolean {
  return (
    quantity.gt(0) && quantity.gte(rules.minQuantity[venue]) && quantity.times(price).gte(rules.minNotional[venue])
  );
}
