import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { arbitrarySchedule, playSchedule, type ScheduleResult, sumOf } from '../support/cloud/deliveries.ts';
import { freshTable } from '../support/cloud-store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

/** Of the two thousand, so many run with the unit suites each time too. */
const SCHEDULES = 2000;
const ON_THE_TABLE = 40;

test(`${SCHEDULES} random schedules of deliveries, handlers killed at any await`, async (t) => {
  const results: ScheduleResult[] = [];
  const property = fc.asyncProperty(
    arbitrarySchedule,
    async (options) => void results.push(await playSchedule(options)),
  );
  await fc.assert(property, { numRuns: SCHEDULES });
  const total = sumOf(results);
  t.diagnostic(JSON.stringify(total));
  assert.ok(total.trades > SCHEDULES / 2 && total.killed > SCHEDULES / 4);
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
      const { open, client } = await freshTable(emulator);
      const own = client();
      results.push(await playSchedule(options, { store: open(own), close: () => own.destroy() }));
    });
    await fc.assert(property, { numRuns: ON_THE_TABLE, endOnFailure: true });
    const total = sumOf(results);
    t.diagnostic(JSON.stringify(total));
    assert.ok(total.trades > 10);
  });
});
