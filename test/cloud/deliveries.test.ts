import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { playSchedule } from '../support/cloud/deliveries.ts';
import { arbitrarySchedule, type ScheduleResult, sumOf } from '../support/cloud/schedules.ts';
import { freshTable } from '../support/cloud-store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

/** Two thousand in all; each part by itself stays well within the time that a test may take. */
const PARTS = 8;
const SCHEDULES_OF_PART = 250;
const ON_THE_TABLE = 25;

describe(`${PARTS * SCHEDULES_OF_PART} random schedules of deliveries, handlers killed at any await`, () => {
  const results: ScheduleResult[] = [];
  for (let part = 1; part <= PARTS; part++) {
    test(`part ${part}`, async () => {
      const property = fc.asyncProperty(
        arbitrarySchedule,
        async (options) => void results.push(await playSchedule(options)),
      );
      await fc.assert(property, { numRuns: SCHEDULES_OF_PART });
    });
  }

  test('a handler is killed at each kind of await; where chance spared one, that kind is sought out', async (t) => {
    const { spared, ...total } = sumOf(results);
    for (const kind of spared) {
      let isKilled = false;
      for (const { options } of results.filter(({ met }) => met.has(kind))) {
        isKilled = (await playSchedule({ ...options, killAt: kind })).killedAt.has(kind);
        if (isKilled) break;
      }
      assert.ok(isKilled, kind);
    }
    t.diagnostic(JSON.stringify({ ...total, soughtOut: spared.length }));
    assert.ok(total.trades > 1000 && total.killed > 500 && total.kinds >= 60, JSON.stringify(total));
  });
});

describe('the same on a table', { skip: missingEmulator('ministack') ?? false }, () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
  });
  after(() => emulator.stop());

  test(`${ON_THE_TABLE} random schedules on DynamoDB's protocol`, async (t) => {
    const results: ScheduleResult[] = [];
    const property = fc.asyncProperty(arbitrarySchedule, async (options) => {
      const { open, client, audit } = await freshTable(emulator);
      const own = client();
      async function close(): Promise<void> {
        for (const { name, ok, detail } of await audit()) assert.ok(ok, `${name}: ${detail}`);
        own.destroy();
      }
      results.push(await playSchedule(options, { open: () => open(own), close }));
    });
    await fc.assert(property, { numRuns: ON_THE_TABLE, endOnFailure: true });
    const total = sumOf(results);
    t.diagnostic(JSON.stringify(total));
    assert.ok(total.trades > 10);
  });
});
