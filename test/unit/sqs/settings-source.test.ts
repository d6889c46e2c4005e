import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSettingsSource } from '#adapters/wiring/settings-source.ts';
import { configVersion } from '#core/config-version.ts';
import type { Deployment, DeploymentStore } from '#core/ports/deployment.ts';
import { configOf, instrumentsOf } from '../../support/backtest.ts';

const config = configOf({ universe: { symbols: ['BTC/USDT', 'ETH/USDT'] } });

function deployments(): DeploymentStore & { reads: number; now: Deployment | null } {
  return {
    reads: 0,
    now: null,
    async read() {
      this.reads++;
      return this.now;
    },
    async write(deployment) {
      this.now = deployment;
    },
  };
}

const trading = (symbols: readonly string[], version = configVersion(config)): Deployment => ({
  list: { symbols, draining: [], volumesUsdt: {} },
  instruments: [...instrumentsOf(config).values()].filter(({ symbol }) => symbols.includes(symbol)),
  configVersion: version,
  memory: null,
  atMs: 1,
});

test('settings are read again when the epoch has grown, and only then; each environment for itself', async () => {
  const stored = deployments();
  const [one, other] = [createSettingsSource(config, stored), createSettingsSource(config, stored)];
  assert.equal(await one.at(0), null, 'nothing is deployed yet');
  await stored.write(trading(['BTC/USDT']));
  assert.deepEqual((await one.at(1))!.settings.watched, ['BTC/USDT']);
  await one.at(1);
  assert.equal(stored.reads, 2);
  await stored.write(trading(['BTC/USDT', 'ETH/USDT']));
  assert.deepEqual((await other.at(2))!.settings.watched, ['BTC/USDT', 'ETH/USDT']);
  assert.deepEqual((await one.at(1))!.settings.watched, ['BTC/USDT'], 'what was cached stays until the epoch tells');
  assert.deepEqual((await one.at(2))!.settings.watched, ['BTC/USDT', 'ETH/USDT']);
});

test('a list that was made under another configuration is known as such', async () => {
  const stored = deployments();
  await stored.write(trading(['BTC/USDT'], 'another'));
  assert.equal((await createSettingsSource(config, stored).at(1))!.agrees, false);
  await stored.write(trading(['BTC/USDT']));
  assert.equal((await createSettingsSource(config, stored).at(1))!.agrees, true);
});
