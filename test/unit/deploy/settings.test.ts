import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '#adapters/config/load.ts';
import { TwinlegError } from '#core/errors.ts';
import { readSettings } from '../../../infra/deploy/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-settings-'));
after(() => rmSync(folder, { recursive: true }));

function settingsOf(settings: unknown, env: Record<string, string> = {}) {
  const file = join(folder, 'settings.json');
  writeFileSync(file, JSON.stringify(settings));
  return readSettings(file, 'prod', 'ap-northeast-2', env);
}

test('what is not the default becomes a variable, and means the same again', () => {
  const variables = settingsOf(
    {
      universe: { symbols: ['BTC/USDT'] },
      cloud: { stage: 'other', queueLayout: 'sharded' },
      strategy: { takeProfit: 0.02 },
    },
    { TWINLEG__STRATEGY__EXIT_EDGE: '0.001', PATH: '/bin' },
  );
  assert.deepEqual(variables, {
    TWINLEG__UNIVERSE__SYMBOLS: '["BTC/USDT"]',
    TWINLEG__VENUES__SOURCE: '"real"',
    TWINLEG__STRATEGY__EXIT_EDGE: '0.001',
    TWINLEG__STRATEGY__TAKE_PROFIT: '0.02',
    TWINLEG__CLOUD__QUEUE_LAYOUT: '"sharded"',
  });
  const loaded = loadConfig({ env: variables, sets: ['wiring=cloud'] });
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.config.universe.symbols, ['BTC/USDT']);
  assert.equal(loaded.config.cloud.queueLayout, 'sharded');
});

test('faults are named before anything is changed', () => {
  const faultsOf = (settings: unknown, env?: Record<string, string>) => {
    try {
      settingsOf(settings, env);
    } catch (error) {
      assert.ok(error instanceof TwinlegError && error.code === 'CONFIG_INVALID');
      return error.message;
    }
    return '';
  };
  assert.match(faultsOf({ strategy: { stopLos: 1 } }), /stopLos/);
  assert.match(faultsOf({ venues: { source: 'simulator' } }), /venues\.source: simulator/);
  assert.match(faultsOf({ mode: 'live', live: { confirm: 'mine' } }), /mode: real orders/);
  assert.match(faultsOf({ binanceApiKey: 'x' }), /environment/);
  assert.match(faultsOf({}, { TWINLEG__CLOUD__SHARDS: 'many' }), /cloud\.shards/);
  const many = Array.from({ length: 400 }, (_, i) => `COIN${i}/USDT`);
  assert.match(faultsOf({ universe: { symbols: many } }), /bytes/);
});
