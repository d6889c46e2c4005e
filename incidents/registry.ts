import type { Incident } from './types.ts';

/** Every incident that can be rehearsed, loaded when it is asked for. */
export const INCIDENTS: Readonly<Record<string, () => Promise<{ readonly incident: Incident }>>> = {
  'store-lost': () => import('./list/store-lost.ts'),
  'store-slow': () => import('./list/store-slow.ts'),
  'loop-latency': () => import('./list/loop-latency.ts'),
  'daily-loss': () => import('./list/daily-loss.ts'),
  'reconnect-storm': () => import('./list/reconnect-storm.ts'),
  'venue-silent': () => import('./list/venue-silent.ts'),
  'fx-stale': () => import('./list/fx-stale.ts'),
  'bad-fx': () => import('./list/bad-fx.ts'),
  'one-leg-fails': () => import('./list/one-leg-fails.ts'),
  'outcome-unknown': () => import('./list/outcome-unknown.ts'),
  'duplicate-delivery': () => import('./list/duplicate-delivery.ts'),
  'clock-skew': () => import('./list/clock-skew.ts'),
  'queue-backlog': () => import('./list/queue-backlog.ts'),
  'poison-message': () => import('./list/poison-message.ts'),
  'bad-frames': () => import('./list/bad-frames.ts'),
  'telegram-down': () => import('./list/telegram-down.ts'),
  'snapshot-failure': () => import('./list/snapshot-failure.ts'),
  'coin-halves': () => import('./list/coin-halves.ts'),
  'frozen-book': () => import('./list/frozen-book.ts'),
  'list-unreadable': () => import('./list/list-unreadable.ts'),
  'nothing-to-trade': () => import('./list/nothing-to-trade.ts'),
  'bad-configuration': () => import('./list/bad-configuration.ts'),
  'process-killed': () => import('./list/process-killed.ts'),
  'disk-full': () => import('./list/disk-full.ts'),
};
