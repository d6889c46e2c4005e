/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const START_MS = 1_700_000_000_000;

export interface SyntheticOptions {
  readonly coins: readonly string[];
  readonly frames: number;
}

/**
 * A made-up tape that trades often: wide gaps both ways, thin and uneven levels, quiet spells longer than the quote age,
 * drifting rates. Prices are round enough that comparisons often meet their bounds exactly.
 */
export function syntheticTape(seed: number, { coins, frames }: SyntheticOptions): string[] {
  const next = random(seed);
  const between = (low: number, high: number) => low + (high - low) * next();
  const market = coins.map((coin, i) => ({ coin, price: 20 * (i + 1) * (1 + i), gap: 0, target: 0 }));
  let fx = 1400;
  let atMs = START_MS;
  const lines: string[] = [];
  const book = (code: string, mid: number, tick: number, size: number) => {
    const bid = Math.round(mid / tick) * tick;
    const units = Array.from({ length: 5 }, (_, i) => {
      const thin = next() < 0.1;
      return {
        ask_price: thin && i > 1 ? 0 : Number((bid + tick * (i + 1)).toFixed(4)),
        bid_price: Number((bid - tick * i).toFixed(4)),
        ask_size: Number(between(size * 0.02, size).toFixed(8)),
        bid_size: Number(between(size * 0.02, size).toFixed(8)),
      };
    });
    return JSON.stringify({
      type: 'orderbook',
      code,
      timestamp: atMs,
      total_ask_size: 1,
      total_bid_size: 1,
      orderbook_units: units,
      stream_type: 'REALTIME',
      level: 0,
    });
  };
  while (lines.length < frames) {
    atMs += next() < 0.02 ? Math.floor(between(1500, 4000)) : Math.floor(between(0, 120));
    const pick = next();
    if (pick < 0.12) {
      fx += Math.round(between(-1.4, 1.4)) * 0.5;
      lines.push(`${atMs} upbit ${book('KRW-USDT', fx, 0.5, 100_000)}`);
      continue;
    }
    const coin = market[Math.floor(next() * market.length)]!;
    coin.price *= 1 + between(-0.0004, 0.0004);
    if (next() < 0.01) coin.target = next() < 0.4 ? 0 : between(-0.02, 0.02);
    coin.gap += (coin.target - coin.gap) * 0.2;
    const size = 600 / coin.price;
    if (pick < 0.55) {
      const tick = 0.01;
      const bid = Math.round(coin.price / tick) * tick;
      const shown = () => between(size * 0.02, size * 2).toFixed(8);
      const data = {
        u: lines.length,
        s: `${coin.coin}USDT`,
        b: bid.toFixed(8),
        B: shown(),
        a: (bid + tick).toFixed(8),
        A: shown(),
      };
      lines.push(`${atMs} binance ${JSON.stringify({ stream: `${coin.coin.toLowerCase()}usdt@bookTicker`, data })}`);
    } else {
      const won = coin.price * fx * (1 + coin.gap);
      lines.push(`${atMs} upbit ${book(`KRW-${coin.coin}`, won, won > 1e6 ? 1000 : 10, size)}`);
    }
  }
  return lines;
}
