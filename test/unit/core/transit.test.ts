import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TickTimes, type Transit, transitOf } from '#core/engine/transit.ts';

const NOW = 1_700_000_000_000;

/** Ages against now, ms; negative: ahead of it. */
const cases: readonly [name: string, ages: { received: number; sent: number; queued: number | null }, Transit][] = [
  ['half a second under way may enter', { received: 500, sent: 500, queued: null }, 'in_time'],
  ['a millisecond more may not', { received: 501, sent: 501, queued: null }, 'late_entry'],
  ['two seconds under way may still exit', { received: 2000, sent: 2000, queued: null }, 'late_entry'],
  ['a millisecond more decides nothing', { received: 2001, sent: 2001, queued: null }, 'late'],
  ['the queue’s clock says longer: it counts, for an entry', { received: 0, sent: 0, queued: 501 }, 'late_entry'],
  ['… and for an exit', { received: 0, sent: 0, queued: 2001 }, 'late'],
  ['what waited before it was sent is too old to enter', { received: 501, sent: 10, queued: 5 }, 'late_entry'],
  ['… yet was not under way so long: it may exit', { received: 2500, sent: 10, queued: 5 }, 'late_entry'],
  ['a clock half a second ahead', { received: -500, sent: -500, queued: null }, 'in_time'],
  ['… and more than that: nobody knows its age', { received: -501, sent: -501, queued: null }, 'clock_ahead'],
  ['… and more than an exit may be late', { received: -2001, sent: -2001, queued: null }, 'late'],
];

for (const [name, { received, sent, queued }, transit] of cases) {
  test(`${name}: ${transit}`, () => {
    const times: TickTimes = {
      receivedAtMs: NOW - received,
      sentAtMs: NOW - sent,
      queuedAtMs: queued === null ? null : NOW - queued,
      nowMs: NOW,
    };
    assert.equal(transitOf(times), transit);
  });
}
