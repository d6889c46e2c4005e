import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY_WINDOW, endSlot, type SendWindow, takeSlot, windowLimits } from '#core/alerts/window.ts';
import { mostInWindow } from '../../support/alert-store.ts';

const TIMEOUT_MS = 8000;
const T0 = 1_800_000_000_000;

/** One sender's try: when, for whom, how long it takes, when within that it arrives, and what its sender learns. */
const tries = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 9000 }),
    urgent: fc.boolean(),
    tookMs: fc.integer({ min: 1, max: TIMEOUT_MS }),
    arrives: fc.double({ min: 0, max: 1, noNaN: true }),
    end: fc.constantFrom('sent', 'sent', 'unknown', 'failed', 'limited', 'died'),
  }),
  { minLength: 20, maxLength: 200 },
);

interface Ending {
  readonly atMs: number;
  apply(window: SendWindow): SendWindow;
}

test('any senders, slow, failing, limited or dying: never more than the limit in any minute, and P0 has its share', () => {
  fc.assert(
    fc.property(tries, fc.integer({ min: 1, max: 12 }), (sends, most) => {
      const limits = windowLimits(most, TIMEOUT_MS);
      let window = EMPTY_WINDOW;
      let nowMs = T0;
      let endings: Ending[] = [];
      const arrivals: number[] = [];
      const others: number[] = [];
      sends.forEach(({ afterMs, urgent, tookMs, arrives, end }, i) => {
        nowMs += afterMs;
        for (const each of endings.filter(({ atMs }) => atMs <= nowMs)) window = each.apply(window);
        endings = endings.filter(({ atMs }) => atMs > nowMs);
        const id = String(i);
        const taken = takeSlot(window, id, nowMs, urgent, limits);
        if (taken === null) return;
        assert.ok(nowMs >= window.pausedUntilMs, 'a pause is kept');
        window = taken;
        const endMs = nowMs + tookMs;
        const reached = end !== 'failed' && end !== 'limited';
        if (reached) arrivals.push(nowMs + Math.floor(tookMs * arrives));
        if (reached && !urgent) others.push(arrivals.at(-1)!);
        if (end === 'died') return;
        const pausedUntilMs = end === 'limited' ? endMs + 5000 : 0;
        endings.push({ atMs: endMs, apply: (before) => endSlot(before, id, reached ? endMs : null, pausedUntilMs) });
      });
      assert.ok(mostInWindow(arrivals) <= most);
      assert.ok(mostInWindow(others) <= most - limits.reserved);
    }),
    { numRuns: 500 },
  );
});
