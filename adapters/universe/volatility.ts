import { z } from 'zod';
import type { Config } from '#core/config.ts';
import { binanceInstrument } from '#core/market/symbol.ts';
import type { WantedSymbols } from '#core/universe/list.ts';

const TIMEOUT_MS = 4000;
/** A week of hours: one more price than returns. */
const HOURS = 169;
const LEAST_RETURNS = 24;
/** Requests under way at once. */
const AT_ONCE = 4;

/** The fifth value of a row is the closing price. */
const klines = z.array(z.array(z.union([z.string(), z.number()])).min(5));

/**
 * What weights by inverse volatility need beside what is known already; undefined where no weights are made from it.
 */
export async function missingVolatilities(
  { portfolio }: Config,
  { symbols, volatilities = {} }: WantedSymbols,
  binanceRestUrl: string,
  warn: (message: string) => void,
): Promise<WantedSymbols['volatilities']> {
  if (portfolio.weights !== 'inverse_volatility') return undefined;
  return loadVolatilities(
    symbols.filter((symbol) => volatilities[symbol] === undefined),
    binanceRestUrl,
    warn,
  );
}

/** Deviation of the last week's hourly returns on Binance by symbol, a fraction; missing where it cannot be told. */
export async function loadVolatilities(
  symbols: readonly string[],
  binanceRestUrl: string,
  warn: (message: string) => void,
): Promise<Record<string, number>> {
  const volatilities: Record<string, number> = {};
  const left = [...symbols];
  const work = async () => {
    for (let symbol = left.shift(); symbol !== undefined; symbol = left.shift()) {
      try {
        const value = await hourlyVolatility(symbol, binanceRestUrl);
        if (value !== null) volatilities[symbol] = value;
      } catch (reason) {
        warn(`no volatility of ${symbol}: ${reason instanceof Error ? reason.message : reason}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return volatilities;
}

async function hourlyVolatility(symbol: string, restUrl: string): Promise<number | null> {
  const query = `symbol=${binanceInstrument(symbol)}&interval=1h&limit=${HOURS}`;
  const response = await fetch(`${restUrl}/api/v3/klines?${query}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const closes = klines.parse(await response.json()).map((row) => Number(row[4]));
  const returns = closes.slice(1).map((close, i) => close / closes[i]! - 1);
  if (returns.length < LEAST_RETURNS || !returns.every(Number.isFinite)) return null;
  const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
  return Math.sqrt(returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (returns.length - 1));
}
