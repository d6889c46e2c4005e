import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activity } from '#core/alerts/activity.ts';
import { Conditions } from '#core/alerts/conditions.ts';
import { Watch } from '#core/alerts/watch.ts';
import { CALM, SECOND, type Second, WATCH_CASES } from './watch-cases.ts';

const T0 = 1_700_000_000_000;

/** The alerts that come of so many seconds, then of as many calm ones as `calmMs` holds. */
function watched({ sample = {}, happens }: Second, seconds: number, calmMs: number): string[] {
  const told: string[] = [];
  const activity = new Activity();
  const watch = new Watch(activity, new Conditions(({ code, kind }) => told.push(`${code} ${kind}`)), 5 * SECOND);
  let nowMs = T0;
  for (let i = 0; i < seconds; i++, nowMs += SECOND) {
    happens?.(watch, activity, nowMs);
    watch.second({ ...CALM, ...sample, nowMs });
  }
  for (const endMs = nowMs + calmMs; nowMs < endMs; nowMs += SECOND) watch.second({ ...CALM, nowMs });
  return told;
}

for (const [code, { silent, fires, seconds = 1, clearsMs }] of Object.entries(WATCH_CASES)) {
  test(`${code}: silent below its limit, fired once beyond it, and over when it is gone`, () => {
    assert.deepEqual(watched(silent, seconds, clearsMs), []);
    assert.deepEqual(watched(fires, seconds, 0), [`${code} fired`]);
    assert.deepEqual(watched(fires, seconds, clearsMs), [`${code} fired`, `${code} resolved`]);
  });
}

test('a filling disk that gets full goes on filling: it is not over by getting worse', () => {
  const told: string[] = [];
  const watch = new Watch(new Activity(), new Conditions(({ code, kind }) => told.push(`${code} ${kind}`)), 5 * SECOND);
  for (let second = 0; second < 30; second++)
    watch.second({ ...CALM, freeBytes: second < 5 ? 19e8 : 1e8, nowMs: T0 + second * SECOND });
  assert.deepEqual(told, ['DISK_FILLING fired']);
});
