import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { jsonSchema } from '#adapters/config/schema.ts';
import { type Config, type ConfigFault, knownPaths, knownSections, parseConfig } from '#core/config.ts';
import { configVersion } from '#core/config-version.ts';

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

function at(config: Config, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config);
}

/** Every default of the published tables. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  mode: 'paper',
  wiring: 'embedded',
  'universe.mode': 'FIXED_LIST',
  'universe.symbols': ['BTC', 'ETH', 'XRP', 'SOL', 'BCH', 'LINK', 'AVAX', 'AAVE', 'NEAR', 'TAO'].map(
    (c) => `${c}/USDT`,
  ),
  'universe.topN': 10,
  'universe.refreshSeconds': 300,
  'universe.filters.minVolumeUsdt': 1_000_000,
  'universe.filters.maxSpreadBps': 50,
  'universe.filters.minDepthUsdt': 1000,
  'universe.filters.maxTickBps': 8,
  'universe.filters.maxPriceRatio': 1.5,
  'universe.filters.excludeWarnings': true,
  'universe.filters.allow': [],
  'universe.filters.deny': [],
  'venues.source': 'simulator',
  'venues.binance.wsUrl': 'wss://stream.binance.com:9443',
  'venues.binance.restUrl': 'https://api.binance.com',
  'venues.binance.takerFeeRate': 0.001,
  'venues.binance.standby': false,
  'venues.binance.stream': 'bookTicker',
  'venues.upbit.wsUrl': 'wss://api.upbit.com',
  'venues.upbit.restUrl': 'https://api.upbit.com',
  'venues.upbit.takerFeeRate': 0.0005,
  'venues.upbit.standby': false,
  'strategy.minProfitThreshold': 0.001,
  'strategy.maxPositionSizeUsdt': 500,
  'strategy.cooldownSeconds': 60,
  'strategy.slippageAllowance': 0.0002,
  'strategy.exitEdge': 0.0005,
  'strategy.stopLoss': 0.01,
  'strategy.maxHoldSeconds': 3600,
  'strategy.maxQuoteAgeMs': 2000,
  'strategy.takeProfit': null,
  'strategy.stopConfirmMs': 0,
  'strategy.cooldownAfterStopSeconds': null,
  'strategy.freshness': 'receive',
  'paper.latencyMs': 50,
  'paper.balances': null,
  'paper.faults.rejectRate': 0,
  'paper.faults.timeoutRate': 0,
  'paper.faults.lostAnswerRate': 0,
  'paper.faults.seed': 1,
  'portfolio.maxTotalExposureUsdt': 2000,
  'portfolio.maxVenueExposureUsdt': null,
  'portfolio.maxDirectionExposureUsdt': null,
  'portfolio.weights': 'equal',
  'execution.chaseAttempts': 2,
  'execution.maxNakedSeconds': 10,
  'execution.entryExpiresMs': 1000,
  'execution.executor': 'function',
  'guards.dailyLoss.maxUsdt': 50,
  'guards.drawdown.maxUsdt': 100,
  'guards.errorRate.maxPerMinute': 10,
  'guards.clockSkew.maxMs': 1000,
  'guards.venueDown.afterMs': 5000,
  'guards.fxInsane.maxDeviation': 0.005,
  'guards.commonMode.symbols': 3,
  'guards.commonMode.windowMs': 2000,
  'guards.tradesPerMinute.max': 30,
  'guards.openPositions.max': 10,
  'guards.concentration.maxShare': 0.5,
  'guards.consecutiveLosses.max': 3,
  'guards.consecutiveLosses.pauseSeconds': 900,
  'guards.symbolDailyLoss.maxUsdt': 20,
  'guards.spreadInsane.maxEdge': 0.05,
  'guards.thinBook.minDepthUsdt': 100,
  'guards.tickCoarse.maxTickBps': 8,
  'guards.priceFromMid.max': 0.01,
  'server.host': '127.0.0.1',
  'server.port': 9464,
  'store.kind': 'sqlite',
  'store.minFreeBytes': 500_000_000,
  'alerts.telegram.apiRoot': 'https://api.telegram.org',
  'alerts.telegram.allowedChats': null,
  'alerts.maxPerMinute': 10,
  'alerts.deadManUrl': null,
  'alerts.runbookBase': null,
  'alerts.loopLatencyForSeconds': 300,
  'live.confirm': null,
  'live.rampTrades': 20,
  'snapshot.everySeconds': 300,
  'snapshot.keep': 48,
  'history.keepDays': 90,
  'record.maxBytes': 10_000_000_000,
  'day.rolloverHour': 0,
  'cloud.stage': 'dev',
  'cloud.region': 'ap-northeast-2',
  'cloud.queueLayout': 'per-symbol',
  'cloud.shards': 4,
  'cloud.gatewayStandby': false,
  'cloud.logTicks': false,
};

test('the keys and their defaults are those of the published tables, no more and no fewer', () => {
  const config = parsed({});
  assert.deepEqual([...knownPaths()].sort(), Object.keys(DEFAULTS).sort());
  for (const [path, value] of Object.entries(DEFAULTS)) assert.deepEqual(at(config, path), value, path);
});

test('0 is valid where it means something', () => {
  for (const key of ['minProfitThreshold', 'cooldownSeconds', 'slippageAllowance', 'exitEdge']) {
    assert.equal(at(parsed({ strategy: { [key]: 0 } }), `strategy.${key}`), 0);
  }
  assert.equal(parsed({ paper: { latencyMs: 0 } }).paper.latencyMs, 0);
});

test('a limit is switched off by null', () => {
  for (const path of knownPaths().filter((key) =>
    /^(guards|universe\.filters)\.(?!.*(windowMs|pauseSeconds|allow|deny|excl))/.test(key),
  )) {
    assert.equal(at(parsed(nested(path, null)), path), null, path);
  }
});

test('negative and absurd values are refused, naming the bound and the value', () => {
  for (const path of knownPaths().filter((key) => typeof DEFAULTS[key] === 'number')) {
    for (const value of [-1, -0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, '5', true]) {
      assert.equal(faultsOf(nested(path, value))[0]?.path, path, `${path} ${value}`);
    }
  }
  assert.deepEqual(faultsOf({ strategy: { maxHoldSeconds: -1 } }), [
    { path: 'strategy.maxHoldSeconds', message: 'must be at least 0, not -1' },
  ]);
  assert.match(faultsOf({ venues: { binance: { takerFeeRate: 0.1 } } })[0]!.message, /fraction .* 0\.05 .*not 0\.1/);
  assert.match(faultsOf({ mode: 'lvie' })[0]!.message, /paper, live, not "lvie"; did you mean live\?/);
});

test('the version changes with what can change a decision, and with nothing else', () => {
  const base = configVersion(parsed({}));
  assert.match(base, /^[0-9a-f]{12}$/);
  const other: Readonly<Record<string, unknown>> = {
    'server.port': 1,
    'server.host': '0.0.0.0',
    'alerts.maxPerMinute': 5,
    'alerts.telegram.apiRoot': 'http://localhost:1',
    'record.maxBytes': null,
    'history.keepDays': 1,
    'cloud.region': 'ap-northeast-1',
    'venues.binance.wsUrl': 'ws://localhost:1',
    'venues.source': 'real',
    'execution.executor': 'host',
    wiring: 'cloud',
  };
  for (const [path, value] of Object.entries(other))
    assert.equal(configVersion(parsed(nested(path, value))), base, path);
  const decisive = knownPaths().filter(
    (path) =>
      /^(strategy|guards|portfolio|paper|execution|day|universe)\.|takerFeeRate/.test(path) &&
      typeof DEFAULTS[path] === 'number',
  );
  const versions = decisive.map((path) => {
    const value = DEFAULTS[path] as number;
    return configVersion(parsed(nested(path, value === 0 ? 1 : Number.isInteger(value) ? value + 1 : value * 1.01)));
  });
  assert.equal(new Set([base, ...versions]).size, decisive.length + 1);
  const orders = [
    { binance: { A: 1, B: 2 }, upbit: {} },
    { upbit: {}, binance: { B: 2, A: 1 } },
  ].map((balances) => configVersion(parsed({ paper: { balances } })));
  assert.equal(orders[0], orders[1]);
});

test('the published JSON Schema is that of the code, and documents every key', () => {
  const published: unknown = JSON.parse(readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8'));
  assert.deepEqual(published, JSON.parse(JSON.stringify(jsonSchema())), 'run scripts/write-schema.ts');
  for (const path of [...knownPaths(), ...knownSections()]) {
    const steps = path.split('.').flatMap((key) => ['properties', key]);
    const entry: unknown = steps.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], published);
    assert.equal(typeof (entry as { description?: unknown }).description, 'string', path);
  }
});
