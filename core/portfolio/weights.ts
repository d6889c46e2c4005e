import type { Config } from '../config.ts';
import type { SymbolList } from '../universe/list.ts';

export interface Weights {
  /** Share of each symbol, with a mean of 1. */
  readonly bySymbol: ReadonlyMap<string, number>;
  /** Why a weight, or all of them, are 1 instead. */
  readonly warnings: readonly string[];
}

/** A symbol that outweighs the others by more is a slip of the measure, or a risk that nobody meant to take. */
const MAX_WEIGHT = 10;

/**
 * Each symbol's share of the position size, scaled to a mean of 1 over the universe. A symbol without a measure has 1;
 * measures that make no weights (negative, all zero, one above 10) give every symbol 1, with a warning that says why.
 */
export function weigh(rule: Config['portfolio']['weights'], list: SymbolList): Weights {
  const { symbols } = list;
  const equal = (warnings: readonly string[]): Weights => ({ bySymbol: new Map(symbols.map((s) => [s, 1])), warnings });
  if (rule === 'equal' || symbols.length === 0) return equal([]);
  const [measures, what] = rule === 'volume' ? [list.volumesUsdt, 'volume'] : [list.volatilities ?? {}, 'volatility'];
  const refused = (why: string) => equal([`portfolio.weights ${rule}: ${why}; every symbol has the weight 1`]);

  const known = symbols.filter((symbol) => measures[symbol] !== undefined);
  const missing = symbols.filter((symbol) => measures[symbol] === undefined);
  if (known.length === 0) return refused(`no ${what} is known`);
  const wrong = known.find((symbol) => !(measures[symbol]! >= 0 && Number.isFinite(measures[symbol]!)));
  if (wrong !== undefined) return refused(`the ${what} of ${wrong} is ${measures[wrong]}`);
  const still = rule === 'inverse_volatility' ? known.find((symbol) => measures[symbol] === 0) : undefined;
  if (still !== undefined) return refused(`${still} did not move, so its inverse has no value`);

  const raw = known.map((symbol) => (rule === 'volume' ? measures[symbol]! : 1 / measures[symbol]!));
  const total = raw.reduce((sum, each) => sum + each, 0);
  if (!(total > 0)) return refused(`the ${what}s add up to nothing`);
  const weights = new Map(symbols.map((symbol) => [symbol, 1]));
  for (const [i, symbol] of known.entries()) weights.set(symbol, (raw[i]! * known.length) / total);
  const heavy = known.find((symbol) => weights.get(symbol)! > MAX_WEIGHT);
  if (heavy !== undefined) {
    return refused(`${heavy} would have ${weights.get(heavy)!.toFixed(1)}, more than ${MAX_WEIGHT}`);
  }
  if (missing.length === 0) return { bySymbol: weights, warnings: [] };
  const warning = `portfolio.weights ${rule}: no ${what} is known of ${missing.join(', ')}; the weight is 1 there`;
  return { bySymbol: weights, warnings: [warning] };
}

/** Names the symbols whose weight makes their position smaller than an order may be. */
export function tooLight(weights: Weights, sizeUsdt: number, leastUsdt: (symbol: string) => number): string[] {
  const light = [...weights.bySymbol].filter(
    ([symbol, weight]) => weight !== 1 && sizeUsdt * weight < leastUsdt(symbol) && sizeUsdt >= leastUsdt(symbol),
  );
  if (light.length === 0) return [];
  const told = light.map(([symbol, weight]) => `${symbol} (${(sizeUsdt * weight).toFixed(2)} USDT)`);
  return [`portfolio.weights: too light for the venues’ smallest order, so never traded: ${told.join(', ')}`];
}
