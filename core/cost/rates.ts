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
  /** Share of the ticks that came too late to be judged, so that their reads are missing: the machine was too busy. */
  readonly lateShare?: number;
  readonly rates: HourRates;
}
