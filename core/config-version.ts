import { hash } from 'node:crypto';
import type { Config } from './config.ts';
import { byVenue } from './market/types.ts';

/**
 * A hash of the keys that can change a decision: runs with equal versions, frames and events decide alike. Addresses,
 * ports, alerts, retention and the like are left out.
 */
export function configVersion(config: Config): string {
  const { mode, universe, venues, strategy, paper, portfolio, execution, guards, day, store, live } = config;
  const fees = byVenue((venue) => venues[venue].takerFeeRate);
  const { executor: _executor, ...rules } = execution;
  const decisive = {
    mode,
    universe,
    fees,
    stream: venues.binance.stream,
    strategy,
    paper,
    portfolio,
    rules,
    guards,
    day,
    minFreeBytes: store.minFreeBytes,
    rampTrades: mode === 'live' ? live.rampTrades : null,
  };
  return hash('sha256', canonical(decisive), 'hex').slice(0, 12);
}

/** JSON with sorted keys, so that equal values give equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
