import { random } from './synthetic.ts';

export interface BookFrame {
  readonly atMs: number;
  readonly venue: 'binance' | 'upbit';
  /** Null: the rate. */
  readonly symbol: string | null;
  readonly bids: [price: number, quantity: number][];
  readonly asks: [price: number, quantity: number][];
}

export interface PulsingMarket {
  readonly seed: number;
  readonly symbols: readonly string[];
  readonly frames: number;
  /** Chance that a frame of a coin begins a gap. */
  readonly pulseRate: number;
  /** Chance that a level shows little. */
  readonly thinRate: number;
  /** How much a gap trembles from frame to frame, a fraction. */
  readonly noise: number;
}

const START_MS = 1_700_000_000_000;

/**
 * A made-up market that is mostly in line, with gaps that come at once, hold for a moment and then close, stay or widen;
 * thin levels, drifting rates and silences longer than a quote's age.
 */
export function pulsingMarket({ seed, symbols, frames, ...rates }: PulsingMarket): BookFrame[] {
  const next = random(seed);
  const between = (low: number, high: number) => low + (high - low) * next();
  const coins = symbols.map((symbol, i) => ({ symbol, price: 40 * (i + 1) ** 3, gap: 0, target: 0, turnMs: 0 }));
  let fx = 1400;
  let atMs = START_MS;
  const levels = (best: number, step: number, size: number, count: number): [number, number][] =>
    Array.from({ length: count }, (_, i) => [
      Number((best + step * i).toFixed(4)),
      Number((next() < rates.thinRate ? between(size * 0.01, size * 0.2) : between(size * 0.3, size * 2)).toFixed(6)),
    ]);
  const out: BookFrame[] = [];
  while (out.length < frames) {
    atMs += next() < 0.004 ? Math.floor(between(1500, 5000)) : Math.floor(between(0, 100));
    if (next() < 0.1) {
      fx += Math.round(between(-1.4, 1.4)) * 0.5;
      out.push({ atMs, venue: 'upbit', symbol: null, bids: [[fx, 1e6]], asks: [[fx + 0.5, 1e6]] });
      continue;
    }
    const coin = coins[Math.floor(next() * coins.length)]!;
    coin.price *= 1 + between(-0.0003, 0.0003);
    if (coin.turnMs !== 0 && atMs >= coin.turnMs) {
      const turn = next();
      // What has widened closes, stays as it is until the time is over, or becomes a loss.
      coin.target *= turn < 0.5 ? 0 : turn < 0.75 ? between(0.4, 0.8) : between(1.5, 3);
      coin.turnMs = coin.target === 0 ? 0 : atMs + Math.floor(between(2000, 20_000));
      if (turn >= 0.5 && next() < 0.5) coin.turnMs = atMs + Math.floor(between(200, 1200));
    } else if (coin.turnMs === 0 && next() < rates.pulseRate) {
      coin.target = between(0.004, 0.012) * (next() < 0.5 ? -1 : 1);
      coin.turnMs = atMs + Math.floor(between(100, 1500));
    }
    coin.gap += (coin.target - coin.gap) * between(0.05, 1);
    const size = 400 / coin.price;
    const { symbol } = coin;
    if (next() < 0.5) {
      const bid = Math.round(coin.price * 100) / 100;
      const one = (price: number) => levels(price, 0, size, 1);
      out.push({ atMs, venue: 'binance', symbol, bids: one(bid), asks: one(bid + 0.01) });
    } else {
      const won = coin.price * fx * (1 + coin.gap + between(-rates.noise, rates.noise));
      const tick = won > 1e6 ? 1000 : won > 100_000 ? 50 : 10;
      const bid = Math.round(won / tick) * tick;
      out.push({
        atMs,
        venue: 'upbit',
        symbol,
        bids: levels(bid, -tick, size, 5),
        asks: levels(bid + tick, tick, size, 5),
      });
    }
  }
  return out;
}
