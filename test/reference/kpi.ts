/**
 * Every figure computed plainly from all closed positions at once: days are laid out in an array, curves are walked,
 * nothing is kept between trades. Shares no code with the product.
 */
export interface PlainTrade {
  pnl: number;
  fees: number;
  openedAtMs: number;
  closedAtMs: number;
  notional: number;
  seen: number;
  slippage: number;
  fx: number;
  nakedMs: number;
  oneLegged: boolean;
}

const DAY = 86_400_000;

/** @param capital all that lay on the venues at first, USDT; `runway` is read off what lies there now */
export function plainKpis(
  trades: readonly PlainTrade[],
  { capital, runway }: { capital: number | null; runway: number | null } = { capital: null, runway: null },
): Record<string, number | null> {
  const n = trades.length;
  const total = (of: (trade: PlainTrade) => number) => trades.reduce((sum, trade) => sum + of(trade), 0);
  const pnl = total((t) => t.pnl);
  const days = dailyPnl(trades);
  const mean = days.reduce((a, b) => a + b, 0) / days.length;
  const variance = days.reduce((a, b) => a + (b - mean) ** 2, 0) / (days.length - 1);
  const alike = days.every((day) => day === days[0]);
  const downside = Math.sqrt(days.reduce((a, b) => a + Math.min(b, 0) ** 2, 0) / days.length);
  const drawdown = largestFall(trades.map((t) => t.pnl));
  const gains = total((t) => Math.max(t.pnl, 0));
  const losses = total((t) => Math.max(-t.pnl, 0));
  const seen = trades.filter((t) => t.seen > 0);
  const span =
    n === 0 ? 0 : Math.max(...trades.map((t) => t.closedAtMs)) - Math.min(...trades.map((t) => t.openedAtMs));
  return {
    trades: n,
    pnlUsdt: pnl,
    winRate: n === 0 ? null : trades.filter((t) => t.pnl > 0).length / n,
    maxDrawdownUsdt: drawdown,
    sharpe: days.length < 2 || alike ? null : (mean / Math.sqrt(variance)) * Math.sqrt(365),
    sortino: downside > 0 ? (mean / downside) * Math.sqrt(365) : null,
    calmar: drawdown > 0 ? (mean * 365) / drawdown : null,
    profitFactor: losses === 0 ? null : gains / losses,
    expectancyUsdt: n === 0 ? null : pnl / n,
    averageDurationSeconds: n === 0 ? null : total((t) => t.closedAtMs - t.openedAtMs) / n / 1000,
    captureRatio: seen.length === 0 ? null : seen.reduce((a, t) => a + t.pnl, 0) / seen.reduce((a, t) => a + t.seen, 0),
    coinGapPnlUsdt: pnl + total((t) => t.fees) + total((t) => t.slippage) - total((t) => t.fx),
    fxEffectUsdt: total((t) => t.fx),
    feesUsdt: total((t) => t.fees),
    slippageUsdt: total((t) => t.slippage),
    oneLegRate: n === 0 ? null : trades.filter((t) => t.oneLegged).length / n,
    nakedSeconds: total((t) => t.nakedMs) / 1000,
    averageExposureUsdt: span <= 0 ? null : total((t) => t.notional * (t.closedAtMs - t.openedAtMs)) / span,
    returnOnCapital: capital === null || capital <= 0 ? null : pnl / capital,
    runwayEntries: runway,
  };
}

function dailyPnl(trades: readonly PlainTrade[]): number[] {
  if (trades.length === 0) return [];
  const dayOf = (trade: PlainTrade) => Math.floor(trade.closedAtMs / DAY);
  const first = dayOf(trades[0]!);
  const last = dayOf(trades[trades.length - 1]!);
  const days: number[] = Array.from({ length: last - first + 1 }, () => 0);
  for (const trade of trades) days[dayOf(trade) - first]! += trade.pnl;
  return days;
}

function largestFall(steps: readonly number[]): number {
  const curve = [0];
  for (const step of steps) curve.push(curve[curve.length - 1]! + step);
  return curve.reduce((worst, value, i) => Math.max(worst, Math.max(...curve.slice(0, i + 1)) - value), 0);
}
