import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hotChange } from '#adapters/wiring/hot-config.ts';
import { type Config, knownPaths } from '#core/config.ts';
import { configOf } from '../support/backtest.ts';

const at = (config: unknown, path: string) =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);

/** The configuration with another value of one key, of the same kind. */
function withOther(config: Config, path: string): Config {
  const copy = structuredClone(config) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((value, key) => value[key] as Record<string, unknown>, copy);
  const value = parent[last];
  if (typeof value === 'number') parent[last] = value + 1;
  else if (typeof value === 'boolean') parent[last] = !value;
  else if (typeof value === 'string') parent[last] = `${value}x`;
  else if (Array.isArray(value)) parent[last] = [...value, 'DOGE/USDT'];
  else parent[last] = { changed: true };
  return copy as unknown as Config;
}

/** Keys that the engine and the universe read anew; every other one needs a start. */
const HOT =
  /^(universe|portfolio|guards|day)\.|^strategy\.(?!freshness)|^execution\.(?!executor)|^paper\.(?!balances)|\.takerFeeRate$/;

test('a key that is changed takes force at once, or is named as waiting for a start: each one, and never both', () => {
  const current = configOf({});
  for (const path of knownPaths()) {
    const next = withOther(current, path);
    if (at(current, path) !== null && typeof at(current, path) === 'object' && !Array.isArray(at(current, path)))
      continue;
    const { config, waiting } = hotChange(current, next);
    const took = JSON.stringify(at(config, path)) === JSON.stringify(at(next, path));
    assert.equal(took, HOT.test(path), `${path} ${took ? 'took force' : 'waits'}`);
    assert.deepEqual(waiting, took ? [] : [path]);
    if (!took) assert.equal(config, current, `${path}: nothing else is different`);
  }
});

test('what is equal by value is the very configuration: nothing counts as new', () => {
  const current = configOf({});
  const { config, waiting } = hotChange(current, structuredClone(current));
  assert.equal(config, current);
  assert.deepEqual(waiting, []);
});

test('several changes at once: what can take force does, what cannot is named', () => {
  const current = configOf({});
  const next = configOf({
    universe: { symbols: ['BTC/USDT'] },
    strategy: { cooldownSeconds: 5, freshness: 'liveness' },
    server: { port: 1 },
    venues: { binance: { wsUrl: 'ws://127.0.0.1:1', takerFeeRate: 0.002 } },
  });
  const { config, waiting } = hotChange(current, next);
  assert.deepEqual(config.universe.symbols, ['BTC/USDT']);
  assert.deepEqual([config.strategy.cooldownSeconds, config.strategy.freshness], [5, 'receive']);
  assert.deepEqual([config.venues.binance.takerFeeRate, config.server.port], [0.002, current.server.port]);
  assert.deepEqual([...waiting].sort(), ['server.port', 'strategy.freshness', 'venues.binance.wsUrl']);
});
