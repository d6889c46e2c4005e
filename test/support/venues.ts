import type { Simulator } from '../../simulator/server.ts';

/** Settings by path under which the real venues are those that stand at these addresses. */
export function simulatedVenues({ binance, upbit }: Simulator['urls']): Readonly<Record<string, string>> {
  return {
    'venues.source': 'real',
    'venues.binance.wsUrl': binance.wsUrl,
    'venues.binance.restUrl': binance.restUrl,
    'venues.upbit.wsUrl': upbit.wsUrl,
    'venues.upbit.restUrl': upbit.restUrl,
  };
}

/** Settings by path as `--set` takes them, `path=value` each. */
export function setsOf(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).map(([path, value]) => `${path}=${value}`);
}
