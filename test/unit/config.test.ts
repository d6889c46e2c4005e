import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describeConfig } from '#adapters/config/load.ts';
import { type Config, type ConfigFault, knownPaths, knownSections, parseConfig } from '#core/config.ts';
import { editDistance, nearest } from '#core/text.ts';

function parsed(raw: unknown): Config {
  const result = parseConfig(raw);
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
}

function faultsOf(raw: unknown): readonly ConfigFault[] {
  const result = parseConfig(raw);
  assert.ok(!result.ok, `accepted: ${JSON.stringify(raw)}`);
  return result.faults;
}

function nested(path: string, value: unknown): Record<string, unknown> {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
}

test('symbols: form, duplicates, and a list where the mode needs one', () => {
  assert.match(faultsOf({ universe: { symbols: ['BTCUSDT'] } })[0]!.message, /"BTC\/USDT".*not "BTCUSDT"/);
  assert.equal(faultsOf({ universe: { symbols: ['BTC/KRW', 'eth/usdt', 'USDT/USDT'] } }).length, 3);
  assert.match(faultsOf({ universe: { symbols: ['BTC/USDT', 'BTC/USDT'] } })[0]!.message, /twice/);
  assert.equal(faultsOf({ universe: { symbols: [] } })[0]!.path, 'universe.symbols');
  assert.equal(faultsOf({ universe: { mode: 'SINGLE', symbols: [] } }).length, 1);
  assert.match(faultsOf({ universe: { mode: 'SINGLE' } })[0]!.message, /exactly one symbol, not 10/);
  assert.deepEqual(parsed({ universe: { mode: 'TOP_N', symbols: [] } }).universe.symbols, []);
});

test('latency and balances: by venue, or refused in full', () => {
  const latencyMs = { binance: 5, upbit: 0 };
  assert.deepEqual(parsed({ paper: { latencyMs } }).paper.latencyMs, latencyMs);
  assert.deepEqual(
    faultsOf({ paper: { latencyMs: { binance: -1, upbt: 2 } } }).map(({ path, nearest: near }) => [path, near]),
    [
      ['paper.latencyMs.binance', undefined],
      ['paper.latencyMs.upbit', undefined],
      ['paper.latencyMs.upbt', 'paper.latencyMs.upbit'],
    ],
  );
  assert.match(faultsOf({ paper: { latencyMs: 'fast' } })[0]!.message, /milliseconds, or/);
  const balances = { binance: { USDT: 5000, BTC: 0.5 }, upbit: { KRW: 7_000_000 } };
  assert.deepEqual(parsed({ paper: { balances } }).paper.balances, balances);
  assert.equal(
    faultsOf({ paper: { balances: { binance: { usdt: 1 }, upbit: {} } } })[0]!.path,
    'paper.balances.binance.usdt',
  );
  assert.equal(faultsOf({ paper: { balances: { binance: {} } } })[0]!.path, 'paper.balances.upbit');
});

test('an unknown key names the nearest known one: by typing, by other spelling, by another place', () => {
  const near = (raw: unknown) => faultsOf(raw).map((fault) => [fault.path, fault.nearest]);
  assert.deepEqual(near({ strategy: { minProfitTreshold: 1 } }), [
    ['strategy.minProfitTreshold', 'strategy.minProfitThreshold'],
  ]);
  assert.deepEqual(near({ stratgy: {} }), [['stratgy', 'strategy']]);
  assert.deepEqual(near({ guards: { dailyLos: { maxUsdt: 1 } } }), [['guards.dailyLos', 'guards.dailyLoss']]);
  assert.deepEqual(near({ strategy: { max_position_size_usdt: 1 } }), [
    ['strategy.max_position_size_usdt', 'strategy.maxPositionSizeUsdt'],
  ]);
  assert.deepEqual(near({ strategy: { max_position_size: 1 } }), [
    ['strategy.max_position_size', 'strategy.maxPositionSizeUsdt'],
  ]);
  assert.deepEqual(near({ port: 1 }), [['port', 'server.port']]);
  assert.deepEqual(near({ strategy: { maxTotalExposureUsdt: 1 } }), [
    ['strategy.maxTotalExposureUsdt', 'portfolio.maxTotalExposureUsdt'],
  ]);
  assert.deepEqual(near({ zzzzzzzzzzzz: 1 }), [['zzzzzzzzzzzz', undefined]]);
  assert.match(faultsOf({ 'strategy.stopLoss': 0.1 })[0]!.message, /nested/);
});

test('contradictions, also beside other faults; none rests on a key that is wrong itself', () => {
  const paths = (raw: unknown) => faultsOf(raw).map(({ path }) => path);
  assert.deepEqual(paths({ mode: 'live' }), ['live.confirm']);
  assert.deepEqual(paths({ mode: 'live', execution: { executor: 'function' }, x: 1 }), [
    'x',
    'live.confirm',
    'execution.executor',
  ]);
  assert.deepEqual(paths({ mode: 'live', live: { confirm: 5 } }), ['live.confirm']);
  assert.deepEqual(paths({ mode: 'live', live: 5 }), ['live']);
  assert.deepEqual(paths({ wiring: 'cloud', store: { kind: 'sqlite' } }), ['store.kind']);
  assert.deepEqual(paths({ wiring: 'clod', store: { kind: 'dynamodb' } }), ['wiring']);
  assert.deepEqual(paths({ paper: { faults: { rejectRate: 0.6, timeoutRate: 0.6 } } }), ['paper.faults']);
});

test('what follows from other keys', () => {
  assert.equal(parsed({ wiring: 'hybrid' }).store.kind, 'dynamodb');
  assert.equal(parsed({ wiring: 'cloud', store: { kind: 'dynamodb' } }).store.kind, 'dynamodb');
  assert.equal(parsed({ mode: 'live', live: { confirm: 'main' } }).execution.executor, 'host');
  assert.equal(parsed({ execution: { executor: 'host' } }).execution.executor, 'host');
  assert.equal(parsed({ wiring: 'hybrid' }).snapshot.everySeconds, 300);
  assert.equal(parsed({ wiring: 'cloud' }).snapshot.everySeconds, 21_600);
  assert.equal(parsed({ wiring: 'cloud', snapshot: { everySeconds: 600 } }).snapshot.everySeconds, 600);
});

test('warnings: allowed, but said', () => {
  const warned = (raw: unknown) => {
    const result = parseConfig(raw);
    assert.ok(result.ok);
    return result.warnings.map(({ path }) => path);
  };
  assert.deepEqual(warned({}), []);
  assert.deepEqual(warned({ server: { host: '0.0.0.0' } }), ['server.host']);
  assert.deepEqual(warned({ strategy: { maxPositionSizeUsdt: 5000 } }), ['strategy.maxPositionSizeUsdt']);
  assert.deepEqual(warned({ strategy: { maxPositionSizeUsdt: 4.99 } }), ['strategy.maxPositionSizeUsdt']);
  assert.deepEqual(warned({ portfolio: { maxDirectionExposureUsdt: 1 } }), ['portfolio.maxDirectionExposureUsdt']);
  assert.deepEqual(warned({ universe: { filters: { deny: ['BTC/USDT'] } } }), ['universe.filters.deny']);
  assert.deepEqual(warned({ paper: { faults: { rejectRate: 0.1 } } }), ['paper.faults']);
  assert.deepEqual(warned({ paper: { balances: { binance: {}, upbit: {} } } }), [
    'paper.balances.binance',
    'paper.balances.upbit',
  ]);
  const live = { mode: 'live', live: { confirm: 'main' }, guards: { dailyLoss: { maxUsdt: null } } };
  assert.deepEqual(warned(live), ['guards.dailyLoss.maxUsdt']);
});

test('property: several faults are all listed at once', () => {
  const defaults = describeConfig(parsed({}), new Map());
  const numeric = defaults.filter(({ value }) => typeof value === 'number').map(({ path }) => path);
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...numeric), { minLength: 1 }), (paths) => {
      const raw: Record<string, unknown> = {};
      for (const path of paths) put(raw, path, -1);
      const found = new Set(faultsOf(raw).map(({ path }) => path));
      for (const path of paths) assert.ok(found.has(path), path);
    }),
  );
});

test('property: any unknown key is named, at any level, whatever its name', () => {
  const taken = new Set([...knownPaths(), ...knownSections()]);
  const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '0', ''));
  fc.assert(
    fc.property(fc.constantFrom('', ...knownSections()), key, fc.jsonValue(), (section, name, value) => {
      const path = section === '' ? name : `${section}.${name}`;
      fc.pre(!taken.has(path) && path !== '$schema');
      const own = Object.defineProperty({}, name, { value, enumerable: true });
      const found = faultsOf(section === '' ? own : nested(section, own));
      assert.ok(found.some((fault) => fault.path === (section === '' && name === '' ? '' : path)));
    }),
  );
});

test('property: whatever is given, the answer is a value and the input is left as it was', () => {
  fc.assert(fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (raw) => void parseConfig(raw)));
  const shapes = fc.dictionary(
    fc.constantFrom(...knownSections(), ...knownPaths().map((p) => p.split('.')[0]!)),
    fc.anything(),
  );
  fc.assert(fc.property(shapes, (raw) => void parseConfig(raw)));
  const raw = { strategy: { stopLoss: 0.02 }, paper: { latencyMs: { binance: 1, upbit: 2 } } };
  const before = structuredClone(raw);
  parsed(raw);
  assert.deepEqual(raw, before);
});

test('a resolved configuration is a valid one and stays the same', () => {
  for (const raw of [{}, { wiring: 'cloud' }, { mode: 'live', live: { confirm: 'main' } }]) {
    const config = parsed(raw);
    assert.deepEqual(parsed(JSON.parse(JSON.stringify(config))), config);
  }
});

test('edit distance is a metric, and the nearest word is found', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
    }),
  );
  assert.equal(editDistance('stauts', 'status'), 1);
  assert.equal(nearest('backtets', ['run', 'backtest', 'record']), 'backtest');
  assert.equal(nearest('xyz', ['backtest', 'record']), undefined);
  assert.equal(nearest('posi', ['why', 'positions']), 'positions');
  assert.equal(nearest('a', ['bc']), undefined, 'nothing in common');
});

function put(raw: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split('.');
  let branch = raw;
  for (const part of parts.slice(0, -1)) {
    branch[part] ??= {};
    branch = branch[part] as Record<string, unknown>;
  }
  branch[parts.at(-1)!] = value;
}
