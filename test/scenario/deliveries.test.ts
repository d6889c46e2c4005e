import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { playSchedule } from '../support/cloud/deliveries.ts';
import { arbitrarySchedule, type Faults, type ScheduleResult, sumOf } from '../support/cloud/schedules.ts';

const NONE: Faults = { duplicate: 0, drop: 0, late: 0, kill: 0, fail: 0, stall: 0, orders: 0, deploy: 0 };

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

/** Between them: entries that fill, that expire and that are unwound, exits, delayed messages that come due. */
const HISTORIES = [
  { seed: 18, ticks: 4 },
  { seed: 44, ticks: 8 },
];

for (const { seed, ticks } of HISTORIES) {
  test(`a handler killed at each single await of history ${seed}`, async (t) => {
    const history = { seed, ticks, concurrency: 2, faults: { ...NONE, orders: 0.1, late: 0.3 } };
    const whole = await playSchedule(history);
    assert.ok(whole.awaits > 80 && whole.met.size > 30, `${whole.awaits} awaits of ${whole.met.size} kinds`);
    const results: ScheduleResult[] = [];
    for (let killAt = 0; killAt < whole.awaits; killAt++) {
      const result = await playSchedule({ ...history, killAt });
      assert.equal(result.killed, 1, `at ${killAt}`);
      results.push(result);
    }
    const total = sumOf(results);
    t.diagnostic(JSON.stringify(total));
    const killedAt = new Set(results.flatMap((result) => [...result.killedAt]));
    assert.deepEqual(
      [...whole.met].filter((at) => !killedAt.has(at)),
      [],
    );
  });
}
