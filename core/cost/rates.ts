import { TwinlegError } from '../errors.ts';

/** What is counted while a deployment runs; a name holds its unit. */
export const COUNTED = [
  /** Frames that the gateway took. */
  'frames',
  /** Ticks that the gateway sent. */
  'tickMessages',
  /** Requests by which ticks were sent, received and deleted; SQS counts each 64 KB begun as one. */
  'tickSendRequests',
  'tickReceiveRequests',
  'tickDeleteRequests',
  /** Of the work queue: sent, received, deleted. */
  'workRequests',
  /** Of FIFO queues. */
  'fifoRequests',
  /** All other requests to SQS: addresses, attributes, dead letters, the reconciler's looks. */
  'otherQueueRequests',
  'gatewayReadUnits',
  'gatewayWriteUnits',
  'functionReadUnits',
  'functionWriteUnits',
  'evaluateInvocations',
  'evaluateMs',
  'executeInvocations',
  'executeMs',
  'housekeepInvocations',
  'housekeepMs',
  'universeInvocations',
  'universeMs',
  /** As the log service takes them in, its own 26 bytes an event included. */
  'gatewayLogBytes',
  'functionLogBytes',
  'objectPuts',
  'objectReads',
  /** What the table grew by. */
  'tableGrowthBytes',
  /** Closed positions, their entries' notional and what they earned, by the simulated market. */
  'trades',
  'notionalUsdt',
  'pnlUsdt',
] as const;

export type HourRates = Readonly<Record<(typeof COUNTED)[number], number>>;
export const MARKETS = ['quiet', 'lively'] as const;
export const LAYOUTS = ['sharded', 'per-symbol'] as const;
export type MarketMood = (typeof MARKETS)[number];
export type Layout = (typeof LAYOUTS)[number];

/** One measurement, as `npm run bench:cloud -- hour` writes it. */
export interface MeasuredHour {
  readonly market: MarketMood;
  readonly layout: Layout;
  readonly symbols: number;
  readonly measuredOn: string;
  /** How long was counted, s; the rates are scaled to 3600. */
  readonly seconds: number;
  readonly framesPerSecond: number;
  readonly rates: HourRates;
}

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
