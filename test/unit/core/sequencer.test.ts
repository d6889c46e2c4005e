import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rethrow } from '#adapters/wiring/assemble.ts';
import { Sequencer } from '#core/engine/sequencer.ts';

test('work runs at its own time, strictly in order, before what is received then; late timers change nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.integer({ min: 0, max: 5000 }), delay: fc.integer({ min: 0, max: 3000 }) }), {
        maxLength: 40,
      }),
      fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 20 }),
      (frames, timers) => {
        const run = (extra: number[]) => {
          const seen: string[] = [];
          const sequencer = new Sequencer((atMs) => seen.push(`${atMs} second`), rethrow);
          sequencer.advanceTo(0);
          const times = [...frames].sort((a, b) => a.at - b.at);
          for (const [i, { at, delay }] of times.entries()) {
            for (const timer of extra.filter((t) => t <= at && t >= sequencer.nowMs)) sequencer.advanceTo(timer);
            sequencer.advanceTo(at);
            seen.push(`${at} frame ${i}`);
            sequencer.schedule(at + delay, (atMs) => seen.push(`${atMs} due ${i}`));
            sequencer.drain();
          }
          sequencer.advanceTo(10_000);
          return seen;
        };
        const plain = run([]);
        assert.deepEqual(run([...timers].sort((a, b) => a - b)), plain);
        const moments = plain.map((line) => Number.parseInt(line, 10));
        assert.deepEqual(
          moments,
          [...moments].sort((a, b) => a - b),
        );
      },
    ),
  );
});

test('the clock never steps back', () => {
  const sequencer = new Sequencer(() => {}, rethrow);
  assert.equal(sequencer.advanceTo(1000), 1000);
  assert.equal(sequencer.advanceTo(400), 1000);
  assert.equal(sequencer.nowMs, 1000);
});

test('a due order runs before the second that ends with it', () => {
  const seen: string[] = [];
  const sequencer = new Sequencer((atMs) => seen.push(`second ${atMs}`), rethrow);
  sequencer.advanceTo(1);
  sequencer.schedule(2000, () => seen.push('order'));
  sequencer.advanceTo(2500);
  assert.deepEqual(seen, ['second 1000', 'order', 'second 2000']);
});

test('work that throws is told of; time and what comes after it go on', () => {
  const seen: string[] = [];
  const failures: unknown[] = [];
  const sequencer = new Sequencer(
    (atMs) => {
      seen.push(`second ${atMs}`);
      throw new Error('second');
    },
    (error) => failures.push(error),
  );
  sequencer.advanceTo(1);
  sequencer.schedule(500, () => {
    throw new Error('order');
  });
  sequencer.schedule(600, () => seen.push('order'));
  assert.equal(sequencer.advanceTo(2100), 2100);
  assert.deepEqual(seen, ['order', 'second 1000', 'second 2000']);
  assert.deepEqual(failures.map(String), ['Error: order', 'Error: second', 'Error: second']);
});

test('a gap of centuries is passed over: a day is gone through, then its last second, and what is due comes in between', () => {
  const seconds: number[] = [];
  const due: number[] = [];
  const sequencer = new Sequencer((atMs) => seconds.push(atMs), rethrow);
  const startMs = 1_700_000_000_000;
  const endMs = 9_999_999_999_999;
  const dueMs = startMs + 200_000_000_500;
  sequencer.advanceTo(startMs);
  sequencer.schedule(dueMs, (atMs) => {
    assert.equal(seconds.at(-1), dueMs - 500);
    due.push(atMs);
  });
  sequencer.advanceTo(endMs);
  assert.deepEqual(due, [dueMs]);
  assert.equal(seconds.at(-1), 9_999_999_999_000);
  assert.ok(seconds.length < 86_410, `${seconds.length} seconds`);
  assert.equal(new Set(seconds).size, seconds.length);
  sequencer.advanceTo(endMs + 2000);
  assert.equal(seconds.at(-1), 10_000_000_001_000);
});
