import { BigNumber } from 'bignumber.js';

/**
 * The rules of strategy v1 written a second time, plainly and slowly, sharing no code with the product: every quantity
 * an exact decimal, every comparison by cross multiplication. Judges what `backtest --no-guards --latency-ms 0` does.
 */
const D = BigNumber.clone({ DECIMAL_PLACES: 30 });
type D = BigNumber;
const d = (value: number | string) => new D(value);

export interface ReferenceParameters {
  symbols: string[];
  minProfitThreshold: number;
  maxPositionSizeUsdt: number;
  cooldownSeconds: number;
  slippageAllowance: number;
  exitEdge: number;
  stopLoss: number;
  maxHoldSeconds: number;
  maxQuoteAgeMs: number;
  maxTotalExposureUsdt: number;
  feeBinance: number;
  feeUpbit: number;
  takeProfit: number | null;
  stopConfirmMs: number;
  cooldownAfterStopSeconds: number | null;
  /** Coarser of the two lots by coin; 0.00001 and such. */
  lots: Record<string, string>;
}

export const DEFAULTS: ReferenceParameters = {
  symbols: ['BTC', 'ETH', 'XRP', 'SOL', 'BCH', 'LINK', 'AVAX', 'AAVE', 'NEAR', 'TAO'],
  minProfitThreshold: 0.001,
  maxPositionSizeUsdt: 500,
  cooldownSeconds: 60,
  slippageAllowance: 0.0002,
  exitEdge: 0.0005,
  stopLoss: 0.01,
  maxHoldSeconds: 3600,
  maxQuoteAgeMs: 2000,
  maxTotalExposureUsdt: 2000,
  feeBinance: 0.001,
  feeUpbit: 0.0005,
  takeProfit: null,
  stopConfirmMs: 0,
  cooldownAfterStopSeconds: null,
  lots: {
    BTC: '0.00001',
    ETH: '0.0001',
    XRP: '0.1',
    SOL: '0.001',
    BCH: '0.001',
    LINK: '0.01',
    AVAX: '0.01',
    AAVE: '0.001',
    NEAR: '0.1',
    TAO: '0.0001',
  },
};

export interface ReferenceTrade {
  symbol: string;
  direction: 'SELL_UPBIT' | 'SELL_BINANCE';
  quantity: number;
  openedAtMs: number;
  closedAtMs: number;
  reason: string;
  entryNotionalUsdt: number;
  pnlUsdt: number;
}

type Level = [price: D, quantity: D];
interface Side2 {
  bids: Level[];
  asks: Level[];
  atMs: number;
}
interface Position {
  direction: 'SELL_UPBIT' | 'SELL_BINANCE';
  quantity: D;
  openedAtMs: number;
  notional: D;
  flow: D;
  stopSince: number | null;
}
interface Coin {
  name: string;
  binance: Side2 | null;
  upbit: Side2 | null;
  position: Position | null;
  cooldownUntil: number;
}

/** Σ price × quantity of taking q from levels; null where less is shown. */
function take(levels: Level[], q: D): D | null {
  let left = q;
  let total = d(0);
  for (const [price, quantity] of levels) {
    const part = BigNumber.min(left, quantity);
    total = total.plus(part.times(price));
    left = left.minus(part);
    if (left.isZero()) return total;
  }
  return null;
}

export function recompute(lines: Iterable<string>, p: ReferenceParameters): { trades: ReferenceTrade[]; open: number } {
  const coins = new Map<string, Coin>();
  for (const name of p.symbols)
    coins.set(name, { name, binance: null, upbit: null, position: null, cooldownUntil: -1 });
  let fx: { bid: D; ask: D; atMs: number } | null = null;
  let now = -1;
  const trades: ReferenceTrade[] = [];
  const [pB, pU] = [d(p.feeBinance), d(p.feeUpbit)];

  /** Cash flow in USDT, after both fees, of trading q in a direction; with the two notionals. */
  function cross(coin: Coin, direction: string, q: D) {
    const sellsOnUpbit = direction === 'SELL_UPBIT';
    const b = take(sellsOnUpbit ? coin.binance!.asks : coin.binance!.bids, q);
    const u = take(sellsOnUpbit ? coin.upbit!.bids : coin.upbit!.asks, q);
    if (b === null || u === null) return null;
    const onUpbit = u.div(sellsOnUpbit ? fx!.ask : fx!.bid);
    const gross = sellsOnUpbit ? onUpbit.minus(b) : b.minus(onUpbit);
    const flow = gross.minus(b.times(pB)).minus(onUpbit.times(pU));
    // Gross edge g = sold ÷ bought − 1; g ≥ x is sold ≥ (1 + x) × bought.
    const atLeast = (x: D) =>
      sellsOnUpbit ? u.gte(x.plus(1).times(fx!.ask).times(b)) : b.times(fx!.bid).gte(x.plus(1).times(u));
    const edge = sellsOnUpbit ? u.div(fx!.ask).div(b) : b.times(fx!.bid).div(u);
    return { flow, atLeast, edge };
  }

  function enter(coin: Coin): void {
    let used = d(0);
    for (const each of coins.values()) if (each.position !== null) used = used.plus(each.position.notional);
    const room = BigNumber.min(d(p.maxPositionSizeUsdt), d(p.maxTotalExposureUsdt).minus(used));
    const needed = pB.plus(pU).times(2).plus(p.slippageAllowance).plus(p.minProfitThreshold);
    let best: { direction: 'SELL_UPBIT' | 'SELL_BINANCE'; q: D; price: D; edge: D; flow: D } | null = null;
    for (const direction of ['SELL_UPBIT', 'SELL_BINANCE'] as const) {
      const bSide = direction === 'SELL_UPBIT' ? coin.binance!.asks : coin.binance!.bids;
      const uSide = direction === 'SELL_UPBIT' ? coin.upbit!.bids : coin.upbit!.asks;
      if (bSide.length === 0 || uSide.length === 0 || room.lte(0)) continue;
      const shown = (levels: Level[]) => levels.reduce((sum, [, quantity]) => sum.plus(quantity), d(0));
      const price = bSide[0]![0];
      const lot = d(p.lots[coin.name]!);
      const most = BigNumber.min(room.div(price), shown(bSide), shown(uSide));
      const q = most.div(lot).integerValue(BigNumber.ROUND_FLOOR).times(lot);
      if (q.isZero() || q.times(price).lt(5) || q.times(uSide[0]![0]).lt(5000)) continue;
      const crossed = cross(coin, direction, q)!;
      if (!crossed.atLeast(needed)) continue;
      if (best === null || crossed.edge.gt(best.edge))
        best = { direction, q, price, edge: crossed.edge, flow: crossed.flow };
    }
    if (best === null) return;
    const { direction, q, price, flow } = best;
    coin.position = { direction, quantity: q, openedAtMs: now, notional: q.times(price), flow, stopSince: null };
  }

  function leave(coin: Coin, position: Position): void {
    const closing = cross(coin, position.direction === 'SELL_UPBIT' ? 'SELL_BINANCE' : 'SELL_UPBIT', position.quantity);
    if (closing === null) return;
    const pnl = position.flow.plus(closing.flow);
    let reason: string | null = null;
    if (pnl.lte(position.notional.times(-p.stopLoss))) {
      position.stopSince ??= now;
      if (now - position.stopSince >= p.stopConfirmMs) reason = 'LOSS_STOP';
    } else position.stopSince = null;
    if (reason === null && p.takeProfit !== null && pnl.gte(position.notional.times(p.takeProfit)))
      reason = 'TAKE_PROFIT';
    if (reason === null && closing.atLeast(d(p.exitEdge).negated())) reason = 'CONVERGED';
    if (reason === null && now - position.openedAtMs >= p.maxHoldSeconds * 1000) reason = 'TIME_STOP';
    if (reason === null) return;
    trades.push({
      symbol: `${coin.name}/USDT`,
      direction: position.direction,
      quantity: position.quantity.toNumber(),
      openedAtMs: position.openedAtMs,
      closedAtMs: now,
      reason,
      entryNotionalUsdt: position.notional.toNumber(),
      pnlUsdt: pnl.toNumber(),
    });
    const rest = reason === 'LOSS_STOP' ? (p.cooldownAfterStopSeconds ?? p.cooldownSeconds) : p.cooldownSeconds;
    coin.cooldownUntil = now + rest * 1000;
    coin.position = null;
  }

  function judge(coin: Coin): void {
    if (fx === null || coin.binance === null || coin.upbit === null) return;
    if (Math.max(now - fx.atMs, now - coin.binance.atMs, now - coin.upbit.atMs) > p.maxQuoteAgeMs) return;
    if (coin.position !== null) leave(coin, coin.position);
    else if (now >= coin.cooldownUntil) enter(coin);
  }

  const levels = (rows: [unknown, unknown][]): Level[] =>
    rows
      .map(([price, quantity]): Level => [d(String(price)), d(String(quantity))])
      .filter(([price, quantity]) => price.gt(0) && quantity.gt(0));

  for (const line of lines) {
    const match = /^(\d+) (binance|upbit) (.+)$/.exec(line);
    if (match === null) continue;
    let frame: Record<string, unknown>;
    try {
      frame = JSON.parse(match[3]!);
    } catch {
      continue;
    }
    const at = Math.max(now, Number(match[1]));
    if (match[2] === 'binance') {
      const data = frame.data as Record<string, unknown> | undefined;
      const name = String(frame.stream ?? '')
        .split('@')[0]!
        .toUpperCase();
      const coin = coins.get(name.replace(/USDT$/, ''));
      if (data === undefined) continue;
      now = at;
      if (coin === undefined) continue;
      coin.binance = Array.isArray(data.bids)
        ? { bids: levels(data.bids), asks: levels(data.asks as [unknown, unknown][]), atMs: now }
        : { bids: levels([[data.b, data.B]]), asks: levels([[data.a, data.A]]), atMs: now };
      judge(coin);
    } else {
      const units = frame.orderbook_units as Record<string, unknown>[] | undefined;
      if (units === undefined) continue;
      now = at;
      const bids = levels(units.map((unit) => [unit.bid_price, unit.bid_size]));
      const asks = levels(units.map((unit) => [unit.ask_price, unit.ask_size]));
      if (frame.code === 'KRW-USDT') {
        fx = { bid: bids[0]![0], ask: asks[0]![0], atMs: now };
        for (const coin of coins.values()) judge(coin);
        continue;
      }
      const coin = coins.get(String(frame.code).replace('KRW-', ''));
      if (coin === undefined) continue;
      coin.upbit = { bids, asks, atMs: now };
      judge(coin);
    }
  }
  return { trades, open: [...coins.values()].filter((coin) => coin.position !== null).length };
}
