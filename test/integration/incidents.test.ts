import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INCIDENTS } from '../../incidents/registry.ts';
import { rehearse } from '../../incidents/rehearse.ts';
import { cli } from '../support/cli.ts';

const all = await Promise.all(Object.entries(INCIDENTS).map(async ([name, load]) => ({ name, ...(await load()) })));

test('quick incidents: exactly their alerts, in time, each told once, and all is well afterwards', {
  concurrency: 2,
}, async (t) => {
  const quick = all.filter(({ incident }) => incident.slow === undefined);
  assert.ok(quick.length >= 8);
  await Promise.all(
    quick.map(({ name, incident }) =>
      t.test(name, async (one) => {
        const { ok, skipped, ...found } = await rehearse(name, incident, () => {});
        if (skipped !== null) one.skip(skipped);
        else assert.ok(ok, JSON.stringify(found));
      }),
    ),
  );
});

test('incident: the list as JSON; a wrong name is named, with the nearest', async () => {
  const list = await cli('incident', 'list', '--json');
  assert.equal(list.code, 0);
  assert.deepEqual(
    list.json<{ name: string }[]>().map(({ name }) => name),
    Object.keys(INCIDENTS),
  );
  const wrong = await cli('incident', 'store-lots');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /no incident store-lots; did you mean store-lost\?/);
});
