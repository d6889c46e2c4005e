import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silence } from '#adapters/store/sqlite/silences.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import { AlertStore, courier, Heard, mostInWindow, p0, p2 } from '../../support/alert-store.ts';

const T0 = 1_800_000_000_000;

/** Time that is set by hand. */
function set(maxPerMinute = 10) {
  const clock = { nowMs: T0 };
  const store = new AlertStore();
  const now = () => clock.nowMs;
  const heard = new Heard(now);
  const parts = { queue: store.queue, notifier: heard, now };
  const lanes = [true, false].map((urgent) => courier({ ...parts, urgent }, maxPerMinute));
  const deliver = async () => {
    for (const lane of lanes) await lane.deliver();
  };
  return { clock, store, heard, deliver, parts };
}

test('10,000 alerts in a minute: P0 at once, never more than ten messages in a minute, nothing lost', async () => {
  const { clock, store, heard, deliver } = set();
  const p0AtMs: number[] = [];
  for (let second = 0; second < 60; second++) {
    const atMs = T0 + second * 1000;
    clock.nowMs = atMs;
    store.write(...Array.from({ length: 166 }, (_, i) => p2(`${second}-${i}`, atMs)));
    if (second % 20 === 7) {
      store.write(p0(String(second), atMs));
      p0AtMs.push(atMs);
    }
    await deliver();
  }
  for (const atMs of p0AtMs) {
    const told = heard.sent.find((message) => message.html.includes('[P0]') && message.atMs >= atMs);
    assert.ok(told !== undefined && told.atMs - atMs <= 5000, `P0 of ${atMs - T0} at ${told?.atMs}`);
  }
  for (let second = 60; second < 1200; second += 5) {
    clock.nowMs = T0 + second * 1000;
    await deliver();
  }
  assert.ok(mostInWindow(heard.sent.map(({ atMs }) => atMs)) <= 10);
  assert.deepEqual(store.states(), { sent: 60 * 166 + 3 });
  assert.ok(heard.sent.some(({ html }) => /alerts in one message/.test(html)));
});

test('P0 keeps two of ten to itself, and many P0 share a message', async () => {
  const { store, heard, deliver, clock } = set();
  store.write(...Array.from({ length: 8 }, (_, i) => p2(`a${i}`, T0)));
  await deliver();
  assert.equal(heard.sent.length, 8);
  store.write(p2('a9', T0));
  await deliver();
  assert.equal(heard.sent.length, 8);
  store.write(...Array.from({ length: 12 }, (_, i) => p0(`b${i}`, T0)));
  await deliver();
  const urgent = heard.sent.filter(({ html }) => html.includes('[P0]'));
  assert.equal(urgent.length, 2);
  assert.equal(
    urgent.map(({ html }) => html.match(/\[P0\]/g)!.length).reduce((a, b) => a + b),
    12,
  );
  store.write(p0('late', T0));
  await deliver();
  assert.equal(heard.sent.length, 10);
  clock.nowMs = T0 + 60_001;
  await deliver();
  assert.equal(heard.sent.length, 12);
});

test('several senders keep one window and send each notice once', async () => {
  const { store, heard, parts, clock } = set();
  const senders = Array.from({ length: 5 }, () => courier({ ...parts, urgent: false }));
  for (let minute = 0; minute < 5; minute++) {
    clock.nowMs = T0 + minute * 60_001;
    store.write(...Array.from({ length: 6 }, (_, i) => p2(`c${minute}-${i}`, clock.nowMs)));
    await Promise.all(senders.map((sender) => sender.deliver()));
  }
  assert.ok(mostInWindow(heard.sent.map(({ atMs }) => atMs)) <= 10);
  assert.deepEqual(store.states(), { sent: 30 });
  assert.equal(heard.sent.length, 30);
  const singles = heard.sent.filter(({ html }) => !html.includes('in one message'));
  assert.equal(new Set(singles.map(({ html }) => html)).size, singles.length);
});

test('a far end that asks for a pause gets it; what fails is kept and sent; a lost answer is told again with a mark', async () => {
  const { store, heard, deliver, clock } = set();
  heard.answer = () => ({ kind: 'limited', retryAfterMs: 30_000 });
  store.write(p2('d', T0));
  await deliver();
  heard.answer = () => ({ kind: 'sent' });
  clock.nowMs = T0 + 29_000;
  await deliver();
  assert.equal(heard.sent.length, 0);
  clock.nowMs = T0 + 30_001;
  await deliver();
  assert.equal(heard.sent.length, 1);
  heard.answer = () => ({ kind: 'failed', reason: 'no connection' });
  store.write(p2('e', T0 + 31_000));
  await deliver();
  heard.answer = () => ({ kind: 'unknown', reason: 'no answer' });
  clock.nowMs = T0 + 40_000;
  await deliver();
  heard.answer = () => ({ kind: 'sent' });
  clock.nowMs = T0 + 60_000;
  await deliver();
  assert.deepEqual(
    heard.sent.map(({ html }) => html.includes('You may have had this before')),
    [false, false, true],
  );
  assert.deepEqual(store.states(), { sent: 2 });
});

test('a text that is refused in every form is given up, and blocks nothing', async () => {
  const { store, heard, deliver } = set();
  heard.answer = (html) => (html.includes('poison') ? { kind: 'refused', reason: '400' } : { kind: 'sent' });
  store.write(p2('poison', T0), p2('fine', T0));
  await deliver();
  assert.deepEqual(store.states(), { refused: 1, sent: 1 });
});

test('a courier that dies in the middle: what it took is told by the next one, marked', async () => {
  const { store, heard, deliver, clock } = set();
  store.write(p2('f', T0), p2('g', T0));
  const taken = await store.queue.claim({ urgent: false, most: 1, attempt: 'dead', nowMs: T0 });
  assert.equal(taken.length, 1);
  await deliver();
  assert.equal(heard.sent.length, 1);
  clock.nowMs = T0 + 61_000;
  assert.equal(await store.queue.recover(clock.nowMs, 60_000), 1);
  await deliver();
  assert.deepEqual(
    heard.sent.map(({ html }) => html.includes('had this before')),
    [false, true],
  );
});

test('one cause is one alert: counted while open, told when worse, told when over, told again after long, silenced when asked', async () => {
  const { store, heard, deliver, clock } = set(100);
  store.write(
    raise('POSITION_UNJUDGEABLE', 'p1', T0, 'for 10 s'),
    raise('POSITION_UNJUDGEABLE', 'p1', T0 + 1, 'for 11 s'),
  );
  await deliver();
  assert.equal(heard.sent.length, 1);
  store.write(raise('POSITION_UNJUDGEABLE', 'p1', T0 + 60_000, 'for 60 s', 'P1'));
  store.write(resolve('POSITION_UNJUDGEABLE', 'p1', T0 + 70_000, 'quoted again'));
  store.write(resolve('POSITION_UNJUDGEABLE', 'p1', T0 + 71_000, 'quoted again'));
  await deliver();
  assert.deepEqual(
    heard.sent.map(({ html }) => /<b>(.*)<\/b>/.exec(html)![1]),
    [
      '🟠 [P2] An open position cannot be judged',
      '🔴 [P1] An open position cannot be judged (worse)',
      '✅ [P1] An open position cannot be judged (over)',
    ],
  );
  silence(store.database, 'VENUE_DOWN', T0 + 500_000, T0);
  clock.nowMs = T0 + 100_000;
  store.write(raise('VENUE_DOWN', 'upbit', clock.nowMs, 'silent'));
  await deliver();
  assert.deepEqual(store.states(), { sent: 3, silenced: 1 });
});
