import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Faults, playSchedule } from '../support/cloud/deliveries.ts';

const NONE: Faults = { duplicate: 0, drop: 0, late: 0, kill: 0, fail: 0, stall: 0, orders: 0 };
/** Evenly drawn: small and large faults alike. */
const share = (max: number) => fc.integer({ min: 0, max: 1000 }).map((permille) => (permille / 1000) * max);

test('without faults ticks open and close positions', async () => {
  let trades = 0;
  for (let seed = 1; seed <= 5; seed++) {
    trades += (await playSchedule({ seed, ticks: 40, concurrency: 1, faults: NONE })).trades;
  }
  assert.ok(trades > 10, `${trades} trades`);
});

test('random schedules of duplicate, reordered, late, dropped and concurrent deliveries with handlers killed', async (t) => {
  const total = { schedules: 0, trades: 0, awaits: 0, killed: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 30 }),
        ticks: fc.integer({ min: 5, max: 40 }),
        concurrency: fc.integer({ min: 1, max: 6 }),
        faults: fc.record({
          duplicate: share(0.4),
          drop: share(0.2),
          late: share(0.3),
          kill: share(0.02),
          fail: share(0.02),
          stall: share(0.03),
          orders: share(0.15),
        }),
      }),
      async (options) => {
        const { trades, awaits, killed } = await playSchedule(options);
        total.schedules++;
        total.trades += trades;
        total.awaits += awaits;
        total.killed += killed;
      },
    ),
    { numRuns: Number(process.env.SCHEDULES ?? 60) },
  );
  t.diagnostic(JSON.stringify(total));
  assert.ok(total.trades > 50 && total.killed > 30, JSON.stringify(total));
});

test('a handler killed at each single await of a history', async () => {
  const history = { seed: 3, ticks: 4, concurrency: 2, faults: { ...NONE, orders: 0.1 } };
  const { awaits } = await playSchedule(history);
  for (let killAt = 0; killAt < awaits; killAt++) await playSchedule({ ...history, killAt });
});
