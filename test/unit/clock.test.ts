import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRunClock } from '#adapters/wiring/clock.ts';

test('never steps back and is never behind the system’s clock for long, whatever that does', () => {
  const moves = fc.array(
    fc.record({
      steady: fc.integer({ min: 0, max: 5000 }),
      jump: fc.oneof(fc.constant(0), fc.integer({ min: -1e6, max: 1e6 })),
    }),
  );
  fc.assert(
    fc.property(moves, (steps) => {
      let steady = 0;
      let wall = 1_700_000_000_000;
      const clock = createRunClock(
        0,
        () => wall,
        () => steady,
      );
      let last = clock.now();
      for (const { steady: passed, jump } of steps) {
        steady += passed;
        wall += passed + jump;
        clock.check();
        const now = clock.now();
        assert.ok(now >= last + passed - 1 && Number.isInteger(now));
        assert.ok(now >= wall - 1000 - 1, 'a forward jump or a sleep is followed');
        last = now;
      }
    }),
  );
});

test('reports a jump once, with its sign; begins no earlier than the run before ended', () => {
  let steady = 0;
  let wall = 1_000_000;
  const clock = createRunClock(
    1_005_000,
    () => wall,
    () => steady,
  );
  assert.equal(clock.now(), 1_005_000);
  assert.equal(clock.check(), 0);
  wall -= 60_000;
  assert.equal(clock.check(), -60_000);
  assert.equal(clock.check(), 0);
  steady += 100;
  wall += 100;
  assert.equal(clock.now(), 1_005_100);
  wall += 120_000;
  assert.equal(clock.check(), 120_000);
  assert.equal(clock.now(), wall);
});
