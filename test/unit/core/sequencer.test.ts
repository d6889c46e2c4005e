import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
          const sequencer = new Sequencer((atMs) => seen.push(`${atMs} second`));
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
  const sequencer = new Sequencer(() => {});
  assert.equal(sequencer.advanceTo(1000), 1000);
  assert.equal(sequencer.advanceTo(400), 1000);
  assert.equal(sequencer.nowMs, 1000);
});

test('a due order runs before the second that ends with it', () => {
  const seen: string[] = [];
  const sequencer = new Sequencer((atMs) => seen.push(`second ${atMs}`));
  sequencer.advanceTo(1);
  sequencer.schedule(2000, () => seen.push('order'));
  sequencer.advanceTo(2500);
  assert.deepEqual(seen, ['second 1000', 'order', 'second 2000']);
});
