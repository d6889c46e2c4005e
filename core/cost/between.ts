import { TwinlegError } from '../errors.ts';
import { COUNTED, type HourRates, type Layout, type MarketMood, type MeasuredHour } from './rates.ts';

/**
 * What such a deployment uses in an hour: as measured where that number of symbols was, else on the straight line through
 * the two measurements nearest to it, and never below 0.
 *
 * @throws TwinlegError `COST_UNMEASURED` where fewer than two numbers of symbols were measured and neither is this one
 */
export function ratesFor(
  hours: readonly MeasuredHour[],
  { market, layout, symbols }: { readonly market: MarketMood; readonly layout: Layout; readonly symbols: number },
): HourRates {
  const own = hours.filter((hour) => hour.market === market && hour.layout === layout);
  const exact = own.find((hour) => hour.symbols === symbols);
  if (exact !== undefined) return exact.rates;
  const distance = (hour: MeasuredHour) => Math.abs(hour.symbols - symbols);
  const [near, far] = own.toSorted((a, b) => distance(a) - distance(b));
  if (near === undefined || far === undefined) {
    const message = `no two measurements of a ${market} market in the ${layout} layout`;
    throw new TwinlegError('COST_UNMEASURED', message, 'measure them: npm run bench:cloud -- hour');
  }
  const share = (symbols - near.symbols) / (far.symbols - near.symbols);
  const between = (name: (typeof COUNTED)[number]) => near.rates[name] + share * (far.rates[name] - near.rates[name]);
  const floor = (name: string, value: number) => (name === 'pnlUsdt' ? value : Math.max(0, value));
  return Object.fromEntries(COUNTED.map((name) => [name, floor(name, between(name))])) as HourRates;
}
