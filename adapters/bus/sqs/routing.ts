import { hash } from 'node:crypto';
import { coinOf } from '#core/market/symbol.ts';

/** How symbols map to queues: `cloud.stage`, `.queueLayout` and `.shards`. */
export interface QueueLayout {
  readonly stage: string;
  readonly queueLayout: 'per-symbol' | 'sharded';
  readonly shards: number;
}

/** What every queue of a stage is called, and which symbol's ticks go where. Nothing else maps symbols to queues. */
export interface Routing {
  /** Name of the queue that a symbol's ticks go to. */
  tickQueue(symbol: string): string;
  /** Names of all queues that the ticks of these symbols need, sorted, each once. */
  tickQueues(symbols: readonly string[]): string[];
  /** Whether a queue of that name is one of this stage's tick queues, whatever the layout. */
  isTickQueue(name: string): boolean;
  /** Begins every name of this stage. */
  readonly prefix: string;
  /** What `tickQueue` names begin with. */
  readonly tickPrefix: string;
  readonly work: string;
  /** Orders that leave from a host: `execution.executor`. */
  readonly orders: string;
  readonly workFailed: string;
  readonly deadLetters: string;
  /** Keeps the order of alerts. */
  readonly alerts: string;
  readonly alertsFailed: string;
  readonly tickLog: string;
}

export function createRouting({ stage, queueLayout, shards }: QueueLayout): Routing {
  const prefix = `twinleg-${stage}-`;
  const tickPrefix = `${prefix}ticks-`;
  // Stages are lower case and coins upper case: a stage whose name goes on where another's ends cannot match.
  const name = new RegExp(`^${tickPrefix}(?:[A-Z0-9]+-USDT|shard-\\d+)$`);
  const tickQueue = (symbol: string) =>
    queueLayout === 'sharded' ? `${tickPrefix}shard-${shardOf(symbol, shards)}` : `${tickPrefix}${coinOf(symbol)}-USDT`;
  return {
    tickQueue,
    tickQueues: (symbols) => [...new Set(symbols.map(tickQueue))].sort(),
    isTickQueue: (candidate) => name.test(candidate),
    prefix,
    tickPrefix,
    work: `${prefix}work`,
    orders: `${prefix}orders`,
    workFailed: `${prefix}work-failed`,
    deadLetters: `${prefix}dead-letters`,
    alerts: `${prefix}alerts.fifo`,
    alertsFailed: `${prefix}alerts-failed.fifo`,
    tickLog: `${prefix}tick-log`,
  };
}

function shardOf(symbol: string, shards: number): number {
  return Number.parseInt(hash('sha256', symbol, 'hex').slice(0, 8), 16) % shards;
}
