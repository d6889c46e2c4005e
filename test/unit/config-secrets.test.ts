import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ConfigSources, describeConfig, loadConfig, SECRET_NAMES } from '#adapters/config/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(text: string): string {
  const name = join(folder, 'twinleg.json');
  writeFileSync(name, text);
  return name;
}

function loaded(sources: Partial<ConfigSources>) {
  const result = loadConfig({ env: {}, sets: [], ...sources });
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function faults(sources: Partial<ConfigSources>) {
  const result = loadConfig({ env: {}, sets: [], ...sources });
  assert.ok(!result.ok, 'was accepted');
  return result.faults;
}

test('secrets are refused wherever they are configured, by name and without their value', () => {
  const value = 'hunter2hunter2';
  const spellings = {
    BINANCE_API_KEY: ['BINANCE_API_KEY', 'binanceApiKey', 'venues.binance.apiKey', 'x.y.binance.api_key'],
    UPBIT_SECRET_KEY: ['venues.upbit.secretKey'],
    TELEGRAM_BOT_TOKEN: ['alerts.telegram.botToken'],
    TELEGRAM_CHAT_ID: ['alerts.telegram.chatId'],
    BINANCE_API_SECRET: ['live.apiSecret'],
  };
  for (const [name, paths] of Object.entries(spellings)) {
    for (const path of paths) {
      const nested = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
      const words = path.split('.').map((word) => word.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase());
      const sources = [
        { sets: [`${path}=${value}`] },
        { file: fileOf(JSON.stringify(nested)) },
        { env: { [`TWINLEG__${words.join('__')}`]: value } },
      ];
      for (const source of sources) {
        const text = JSON.stringify(faults(source));
        assert.ok(text.includes('environment alone') && text.includes(name), `${path}: ${text}`);
        assert.ok(!text.includes(value), path);
      }
    }
  }
  const env = Object.fromEntries(SECRET_NAMES.map((name) => [name, value]));
  const { config, origins } = loaded({ env });
  assert.ok(!JSON.stringify(describeConfig(config, origins)).includes(value));
});
