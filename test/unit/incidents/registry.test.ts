import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isAlertCode } from '#core/alerts/catalogue.ts';
import { INCIDENTS } from '../../../incidents/registry.ts';
import { BASE, over } from '../../../incidents/settings.ts';
import { incidentsPage } from '../../../scripts/incidents-page.ts';

const ROOT = new URL('../../../', import.meta.url);

test('every incident is one file and one line; each names what comes, what does not, and by when all is well', async () => {
  const names = Object.keys(INCIDENTS);
  assert.ok(names.length >= 15);
  const files = readdirSync(new URL('incidents/list/', ROOT)).map((file) => file.replace(/\.ts$/, ''));
  assert.deepEqual(files.sort(), names.toSorted());
  for (const [name, load] of Object.entries(INCIDENTS)) {
    const { incident } = await load();
    const { done, expected, quiet, recovery, recoversWithinMs } = incident;
    assert.ok(done.length > 20 && recovery.length > 20, name);
    assert.ok([...Object.keys(expected), ...quiet].every(isAlertCode), name);
    assert.ok(Object.keys(expected).length > 0 && quiet.length >= 3, name);
    assert.ok(
      quiet.every((code) => !Object.hasOwn(expected, code)),
      `${name}: what is quiet is not expected`,
    );
    assert.ok(recoversWithinMs <= 120_000 && Object.values(expected).every((ms) => ms <= 150_000), name);
  }
});

test('docs/incidents.md is as the registry makes it (npm run generate)', async () => {
  assert.equal(readFileSync(new URL('docs/incidents.md', ROOT), 'utf8'), await incidentsPage());
});

test('settings of an incident change only what they name', () => {
  const changed = over(BASE, { guards: { dailyLoss: { maxUsdt: 1 } }, universe: { symbols: ['BTC/USDT'] } });
  assert.deepEqual(changed.universe, { symbols: ['BTC/USDT'] });
  assert.deepEqual(changed.guards, { ...(BASE.guards as object), dailyLoss: { maxUsdt: 1 } });
  assert.deepEqual(changed.strategy, BASE.strategy);
});
