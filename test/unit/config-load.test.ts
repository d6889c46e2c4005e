import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { type ConfigSources, describeConfig, loadConfig } from '#adapters/config/load.ts';
import { knownPaths } from '#core/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function fileOf(text: string): string {
  const name = join(folder, `${files++}.json`);
  writeFileSync(name, text);
  return name;
}

const load = (sources: Partial<ConfigSources>) => loadConfig({ env: {}, sets: [], ...sources });

function loaded(sources: Partial<ConfigSources>) {
  const result = load(sources);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function faults(sources: Partial<ConfigSources>) {
  const result = load(sources);
  assert.ok(!result.ok, 'was accepted');
  return result.faults;
}

test('defaults < recorded < file < environment < --set, each key with its origin', () => {
  const base = { strategy: { stopLoss: 0.02, exitEdge: 0.02, maxHoldSeconds: 2, cooldownSeconds: 2 } };
  const file = fileOf('{"strategy": {"exitEdge": 0.03, "maxHoldSeconds": 3, "cooldownSeconds": 3}}');
  const env = { TWINLEG__STRATEGY__MAX_HOLD_SECONDS: '4', TWINLEG__STRATEGY__COOLDOWN_SECONDS: '4', HOME: '/' };
  const { config, origins, warnings } = loaded({ base, file, env, sets: ['strategy.cooldownSeconds=5'] });
  const { stopLoss, exitEdge, maxHoldSeconds, cooldownSeconds, minProfitThreshold } = config.strategy;
  assert.deepEqual(
    [minProfitThreshold, stopLoss, exitEdge, maxHoldSeconds, cooldownSeconds],
    [0.001, 0.02, 0.03, 4, 5],
  );
  const names = ['minProfitThreshold', 'stopLoss', 'exitEdge', 'maxHoldSeconds', 'cooldownSeconds'];
  assert.deepEqual(
    names.map((name) => origins.get(`strategy.${name}`)),
    ['default', 'recorded', `file ${file}`, 'environment TWINLEG__STRATEGY__MAX_HOLD_SECONDS', '--set'],
  );
  assert.deepEqual([...origins.keys()], knownPaths());
  assert.deepEqual(warnings, []);
  assert.deepEqual(base.strategy.cooldownSeconds, 2, 'the recorded configuration is left as it was');
});

test('the file: comments, trailing commas, a byte order mark, a link to the schema, nothing at all', () => {
  const file = fileOf(
    '\uFEFF// mine\n{"$schema": "./config.schema.json", "mode": "paper", /* here */ "server": {"port": 1,},}',
  );
  assert.equal(loaded({ file }).config.server.port, 1);
  for (const text of ['', '  \n', '// nothing yet\n', '{}'])
    assert.equal(loaded({ file: fileOf(text) }).config.mode, 'paper');
});

test('the file: every syntax error with line and column; other sources are checked as well', () => {
  const file = fileOf('{\n  "mode": paper,\n  "server": {"port" 1}\n}');
  const found = faults({ file, sets: ['server.prot=1', 'mode=live'] });
  assert.ok(found.some((fault) => fault.path === file && fault.message.startsWith('2:11: ')));
  assert.ok(found.some((fault) => fault.path === file && fault.message === '3:21: a colon is expected'));
  assert.ok(found.some((fault) => fault.path === 'server.prot' && fault.nearest === 'server.port'));
  assert.ok(!found.some((fault) => fault.path === 'live.confirm'), 'the file may hold it');
});

test('the file: a fault names its line, a key that stands twice is one', () => {
  const file = fileOf('{\n  "strategy": {\n    "stopLos": 1,\n    "exitEdge": -1,\n    "exitEdge": 0\n  }\n}');
  const found = faults({ file });
  assert.deepEqual(
    found.map(({ path, message }) => `${path}: ${message}`),
    [
      `strategy.exitEdge: stands twice, the second time at ${file}:5:5`,
      `strategy.stopLos: unknown key (from file ${file}:3:5)`,
    ],
  );
});

test('the file: missing, a folder, no object, nested without end', () => {
  assert.match(faults({ file: join(folder, 'none.json') })[0]!.message, /does not exist/);
  assert.equal(loaded({ defaultFile: join(folder, 'none.json') }).config.mode, 'paper');
  assert.match(faults({ file: folder })[0]!.message, /folder/);
  assert.match(faults({ defaultFile: folder })[0]!.message, /folder/);
  for (const text of ['[]', '5', 'null', '"x"']) assert.match(faults({ file: fileOf(text) })[0]!.message, /one object/);
  assert.ok(faults({ file: fileOf('{"a":'.repeat(100_000)) }).length > 0);
  assert.ok(faults({ file: fileOf('{"a":'.repeat(2000) + 1 + '}'.repeat(2000)) }).some(({ path }) => path === 'a'));
});

test('the environment: spelling, sections, values by venue and asset, unknown names', () => {
  const env = {
    TWINLEG__STRATEGY__MIN_PROFIT_THRESHOLD: '0.002',
    TWINLEG__PORTFOLIO: '{"weights": "volume"}',
    TWINLEG__UNIVERSE__SYMBOLS: '["ETH/USDT"]',
    TWINLEG__PAPER__LATENCY_MS__BINANCE: '1',
    TWINLEG__PAPER__LATENCY_MS__UPBIT: '2',
    TWINLEG__PAPER__BALANCES__BINANCE__USDT: '10',
    TWINLEG__PAPER__BALANCES__UPBIT__KRW: '20',
    TWINLEG__LIVE__CONFIRM: 'main account',
    TWINLEG__UNIVERSE__TOP_N: undefined,
  };
  const { config, origins } = loaded({ env });
  assert.equal(config.strategy.minProfitThreshold, 0.002);
  assert.equal(config.portfolio.weights, 'volume');
  assert.deepEqual(config.universe.symbols, ['ETH/USDT']);
  assert.deepEqual(config.paper.latencyMs, { binance: 1, upbit: 2 });
  assert.deepEqual(config.paper.balances, { binance: { USDT: 10 }, upbit: { KRW: 20 } });
  assert.equal(config.live.confirm, 'main account');
  assert.equal(origins.get('portfolio.weights'), 'environment TWINLEG__PORTFOLIO');
  const unknown = faults({ env: { TWINLEG__STRATEGY__MIN_PROFIT_TRESHOLD: '1', TWINLEG__SERVER__PROT: '1' } });
  assert.deepEqual(
    unknown.map(({ path, nearest }) => [path, nearest]),
    [
      ['TWINLEG__STRATEGY__MIN_PROFIT_TRESHOLD', 'TWINLEG__STRATEGY__MIN_PROFIT_THRESHOLD'],
      ['TWINLEG__SERVER__PROT', 'TWINLEG__SERVER__PORT'],
    ],
  );
  const { warnings } = loaded({ env: { TWINLEG_SERVER_PORT: '1', TWINLEG_OTHER: 'x' } });
  assert.deepEqual(warnings, [
    { path: 'TWINLEG_SERVER_PORT', message: 'does nothing; it is spelt TWINLEG__SERVER__PORT' },
  ]);
});

test('every known key can be set from the environment and by --set', () => {
  const { config } = loaded({});
  for (const { path, value } of describeConfig(config, new Map())) {
    const words = path.split('.').map((word) => word.replace(/([A-Z])/g, '_$1').toUpperCase());
    const name = `TWINLEG__${words.join('__')}`;
    const json = JSON.stringify(value);
    assert.equal(loaded({ env: { [name]: json } }).origins.get(path), `environment ${name}`);
    assert.equal(loaded({ sets: [`${path}=${json}`] }).origins.get(path), '--set');
  }
});

test('--set: JSON or text, nested, repeated, sections merged, faults named', () => {
  const sets = ['mode=paper', 'universe.symbols=["BTC/USDT"]', 'server.port=1', 'server.port=2', 'live.confirm=a=b'];
  const file = fileOf('{"strategy": {"stopLoss": 0.5}, "paper": {"latencyMs": 7}}');
  const { config, origins } = loaded({
    file,
    sets: [...sets, 'strategy={"exitEdge":0}', 'paper.latencyMs={"binance":1,"upbit":2}', 'paper.latencyMs.upbit=3'],
  });
  assert.equal(config.server.port, 2);
  assert.equal(config.live.confirm, 'a=b');
  assert.deepEqual(config.universe.symbols, ['BTC/USDT']);
  assert.deepEqual(
    [config.strategy.stopLoss, config.strategy.exitEdge],
    [0.5, 0],
    'a section is laid over, not replaced',
  );
  assert.deepEqual([origins.get('strategy.stopLoss'), origins.get('strategy.exitEdge')], [`file ${file}`, '--set']);
  assert.deepEqual(config.paper.latencyMs, { binance: 1, upbit: 3 });
  assert.deepEqual(
    faults({ sets: ['mode', '=1', 'a..b=1', '__proto__.x=1', 'guards.dailyLos={}', 'strategy=5'] }).map(
      ({ path }) => path,
    ),
    ['--set', '--set', 'strategy', 'guards.dailyLos', 'a', '__proto__'],
  );
});

test('what follows from another key has its origin, and a recording does not pin it', () => {
  const { config, origins } = loaded({ sets: ['wiring=cloud'] });
  assert.deepEqual([config.store.kind, origins.get('store.kind')], ['dynamodb', '--set']);
  const again = loaded({ base: loaded({}).config, sets: ['wiring=cloud'] });
  assert.equal(again.config.store.kind, 'dynamodb');
  assert.match(
    faults({ file: fileOf('{"store": {"kind": "sqlite"}}'), sets: ['wiring=cloud'] })[0]!.message,
    /from file/,
  );
  assert.equal(faults({ base: 5 })[0]!.path, '(recorded)');
});

test('property: what is shown, written to a file, gives the same configuration', () => {
  const change = fc.record({
    'strategy.minProfitThreshold': fc.double({ min: 0, max: 10, noNaN: true }).map((x) => x + 0),
    'strategy.takeProfit': fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x + 0)),
    'guards.dailyLoss.maxUsdt': fc.option(fc.integer({ min: 1, max: 1e9 })),
    'paper.latencyMs': fc.oneof(fc.nat(600_000), fc.record({ binance: fc.nat(9), upbit: fc.nat(9) })),
    'paper.balances': fc.option(
      fc.record({
        binance: fc.dictionary(fc.stringMatching(/^[A-Z0-9]{1,20}$/), fc.nat()),
        upbit: fc.constant({ KRW: 5 }),
      }),
    ),
    'live.confirm': fc.option(fc.string({ minLength: 1 })),
    wiring: fc.constantFrom('embedded', 'hybrid', 'cloud'),
  });
  fc.assert(
    fc.property(change, (values) => {
      const sets = Object.entries(values).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
      const { config, origins } = loaded({ sets });
      const tree: Record<string, unknown> = {};
      for (const { path, value } of describeConfig(config, origins)) {
        const parts = path.split('.');
        let branch = tree;
        for (const part of parts.slice(0, -1)) {
          branch[part] ??= {};
          branch = branch[part] as Record<string, unknown>;
        }
        branch[parts.at(-1)!] = value;
      }
      assert.deepEqual(loaded({ file: fileOf(JSON.stringify(tree)) }).config, config);
    }),
    { numRuns: 50 },
  );
});

test('property: whatever stands in file, environment and options, the answer is a value', () => {
  const path = fc.oneof(fc.string(), fc.constantFrom(...knownPaths()));
  const text = fc.oneof(fc.string(), fc.json());
  const set = fc.oneof(
    fc.string(),
    fc.tuple(path, text).map(([name, value]) => `${name}=${value}`),
  );
  const env = fc.dictionary(
    fc.string().map((name) => `TWINLEG__${name}`),
    text,
  );
  fc.assert(
    fc.property(text, env, fc.array(set), fc.anything(), (content, variables, sets, base) => {
      const result = loadConfig({ file: fileOf(content), env: variables, sets, base });
      if (!result.ok) assert.ok(result.faults.length > 0);
    }),
    { numRuns: 200 },
  );
});
