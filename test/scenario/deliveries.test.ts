import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  arbitrarySchedule,
  type Faults,
  playSchedule,
  type ScheduleResult,
  sumOf,
} from '../support/cloud/deliveries.ts';

const NONE: Faults = { duplicate: 0, drop: 0, late: 0, kill: 0, fail: 0, stall: 0, orders: 0 };

test('without faults ticks open and close positions', async () => {
  let trades = 0;
  for (let seed = 1; seed <= 5; seed++) {
    trades += (await playSchedule({ seed, ticks: 40, concurrency: 1, faults: NONE })).trades;
  }
  assert.ok(trades > 10, `${trades} trades`);
});

test('random schedules of duplicate, reordered, late, dropped and concurrent deliveries with handlers killed', async (t) => {
  const results: ScheduleResult[] = [];
  const property = fc.asyncProperty(
    arbitrarySchedule,
    async (options) => void results.push(await playSchedule(options)),
  );
  await fc.assert(property, { numRuns: 60 });
  const total = sumOf(results);
  t.diagnostic(JSON.stringify(total));
  assert.ok(total.trades > 40 && total.killed > 30, JSON.stringify(total));
});

test('a handler killed at each single await of a history', async () => {
  const history = { seed: 3, ticks: 4, concurrency: 2, faults: { ...NONE, orders: 0.1 } };
  const { awaits } = await playSchedule(history);
  assert.ok(awaits > 50, `${awaits} awaits`);
  for (let killAt = 0; killAt < awaits; killAt++) {
    const { killed } = await playSchedule({ ...history, killAt });
    assert.equal(killed, 1, `at ${killAt}`);
  }
});
