import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Interest, Unsent } from '#core/gateway/interest.ts';
import type { Tick } from '#core/market/market.ts';
import type { SendFailure, TickMessage } from '#core/ports/tick-sender.ts';
import { Outbox } from '../../../stream-gateway/outbox.ts';
import { until } from '../../support/until.ts';

/** An outbox over queues that answer when the test says so; what is encoded is the tick's moment. */
function setUp(queueOf: (symbol: string) => string = (symbol) => symbol) {
  const asked: { messages: readonly TickMessage[]; answer: (failed?: readonly string[]) => void }[] = [];
  const unsent: Record<Unsent, number> = { conflated: 0, too_old: 0, queue_failed: 0 };
  const failures: SendFailure[] = [];
  const told: string[] = [];
  let sent = 0;
  const clock = { nowMs: 0 };
  const outbox = new Outbox({
    sender: {
      send: (messages) =>
        new Promise((resolve) => {
          asked.push({
            messages,
            answer: (failed = []) =>
              resolve({
                failed: messages
                  .filter(({ symbol }) => failed.includes(symbol))
                  .map((message) => ({ message, code: 'AWS_UNAVAILABLE', told: 'not now', retryable: true })),
              }),
          });
        }),
    },
    queueOf,
    encode: (tick) => String(tick.receivedAtMs),
    now: () => clock.nowMs,
    leaves: ({ symbol }) => told.push(`leaves ${symbol}`),
    left: (symbol) => told.push(`left ${symbol}`),
    sent: () => sent++,
    unsent: (why, count) => {
      unsent[why] += count;
    },
    failed: (failure) => failures.push(failure),
  });
  const ticks = new Map<string, Tick>();
  /** One and the same tick of a symbol, at another moment: as the joiner has them. */
  function offer(symbol: string, atMs: number, interest: Interest = 'entry'): boolean {
    const tick = ticks.get(symbol) ?? ({ symbol } as Tick);
    ticks.set(symbol, tick);
    tick.receivedAtMs = clock.nowMs = atMs;
    return outbox.offer(tick, interest);
  }
  return { outbox, asked, unsent, failures, told, offer, sent: () => sent, clock };
}

test('what one turn of the loop brings leaves together, one request a queue, at most ten messages', async () => {
  const t = setUp((symbol) => (symbol < 'X' ? 'first' : 'second'));
  for (let i = 0; i < 12; i++) t.offer(`A${i}`, 10);
  t.offer('Y', 10);
  await until('three requests', () => t.asked.length === 3);
  assert.deepEqual(t.asked.map(({ messages }) => messages.length).sort(), [1, 10, 2]);
  for (const { answer } of t.asked) answer();
  await until('all sent', () => t.sent() === 13);
  assert.equal(t.outbox.size, 0);
});

test('while a symbol’s tick is under way the newest waits, once, and what it replaces is counted', async () => {
  const t = setUp();
  t.offer('A', 10);
  await until('the first request', () => t.asked.length === 1);
  for (let atMs = 11; atMs <= 20; atMs++) t.offer('A', atMs);
  assert.equal(t.outbox.size, 2);
  assert.equal(t.unsent.conflated, 9);
  t.asked[0]!.answer();
  await until('the second request', () => t.asked.length === 2);
  assert.equal(t.asked[1]!.messages[0]!.body, '20');
  assert.deepEqual(t.told, ['leaves A', 'left A', 'leaves A']);
  t.asked[1]!.answer();
  assert.equal(await t.outbox.close(1000), true);
});

test('heartbeats of a queue wait for each other, count as one however many ticks come, and leave with what is in a hurry', async () => {
  const t = setUp(() => 'shard');
  const startedMs = performance.now();
  t.offer('A', 10, 'heartbeat');
  t.offer('B', 12, 'heartbeat');
  t.offer('A', 14, 'heartbeat');
  await until('a request', () => t.asked.length === 1);
  assert.ok(performance.now() - startedMs > 900);
  assert.deepEqual(
    t.asked[0]!.messages.map(({ symbol, body }) => `${symbol} ${body}`),
    ['A 14', 'B 12'],
  );
  t.asked[0]!.answer();
  await until('both sent', () => t.sent() === 2);
  const againMs = performance.now();
  t.offer('A', 30, 'heartbeat');
  t.offer('B', 31);
  await until('a second request', () => t.asked.length === 2);
  assert.ok(performance.now() - againMs < 900);
  assert.equal(t.asked[1]!.messages.length, 2);
  t.asked[1]!.answer();
  t.offer('C', 40, 'heartbeat');
  const closed = t.outbox.close(2000);
  await until('a last request', () => t.asked.length === 3);
  t.asked[2]!.answer();
  assert.equal(await closed, true);
  assert.equal(t.unsent.conflated, 0);
});

test('a queue that does not take anything is left alone for a while; memory stays at one tick a symbol', async () => {
  const t = setUp();
  t.offer('A', 10);
  await until('the first request', () => t.asked.length === 1);
  t.asked[0]!.answer(['A']);
  await until('the failure', () => t.failures.length === 1);
  assert.equal(t.outbox.failing, 1);
  assert.equal(t.unsent.queue_failed, 1);
  for (let atMs = 11; atMs <= 1010; atMs++) t.offer('A', atMs);
  assert.equal(t.asked.length, 1);
  assert.equal(t.outbox.size, 1);
  assert.equal(t.unsent.conflated, 999);
  await until('the second request', () => t.asked.length === 2);
  assert.equal(t.asked[1]!.messages[0]!.body, '1010', 'the newest is what leaves');
  t.asked[1]!.answer();
  await until('it is sent', () => t.sent() === 1);
  assert.equal(t.outbox.failing, 0);
});

test('what has grown too old while it waited is left out and counted', async () => {
  const t = setUp();
  t.offer('A', 10);
  await until('the first request', () => t.asked.length === 1);
  t.offer('A', 11);
  t.clock.nowMs = 2012;
  t.asked[0]!.answer();
  await until('it is left out', () => t.unsent.too_old === 1);
  assert.equal(t.asked.length, 1);
});

test('a stop waits for what is under way, no longer than it may, and takes nothing more', async () => {
  const t = setUp();
  t.offer('A', 10);
  await until('the first request', () => t.asked.length === 1);
  assert.equal(await t.outbox.close(30), false);
  t.offer('B', 11);
  assert.equal(t.outbox.size, 1);
});

test('a tick that would only be seen gives way to the one that waits, and is not missed; an entry takes its place', async () => {
  const t = setUp();
  t.offer('A', 10);
  await until('the first request', () => t.asked.length === 1);
  assert.equal(t.offer('A', 11, 'heartbeat'), true);
  assert.equal(t.offer('A', 12, 'heartbeat'), false);
  assert.equal(t.unsent.conflated, 0);
  assert.equal(t.offer('A', 13, 'entry'), true);
  assert.equal(t.offer('A', 14, 'pulse'), false);
  assert.equal(t.unsent.conflated, 1);
  t.asked[0]!.answer();
  await until('the second request', () => t.asked.length === 2);
  assert.equal(t.asked[1]!.messages[0]!.body, '14');
});

test('whatever is offered, answered and refused in whatever order: each tick is accounted for, the last that could decide leaves', async () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.record({ symbol: fc.constantFrom('A', 'B', 'C'), seen: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ answers: fc.nat(3), refuses: fc.boolean() }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
      const t = setUp(() => 'one');
      const last = new Map<string, number>();
      let offered = 0;
      let answered = 0;
      let refusing = false;
      const answer = () => {
        const { messages, answer: give } = t.asked[answered++]!;
        give(refusing ? messages.map(({ symbol }) => symbol) : []);
      };
      for (const [i, each] of actions.entries()) {
        if ('answers' in each) {
          refusing = each.refuses;
          for (let n = 0; n < each.answers && answered < t.asked.length; n++) answer();
        } else if (t.offer(each.symbol, i, each.seen ? 'pulse' : 'entry')) offered++;
        if ('symbol' in each && !each.seen) last.set(each.symbol, i);
        await turn();
      }
      refusing = false;
      await until('all has left', () => {
        while (answered < t.asked.length) answer();
        return t.outbox.size === 0;
      });
      const { conflated, too_old, queue_failed } = t.unsent;
      assert.equal(t.sent() + conflated + too_old + queue_failed, offered);
      const bodies = t.asked.flatMap(({ messages }) => messages);
      for (const [symbol, atMs] of last) {
        const left = bodies.filter((message) => message.symbol === symbol).map(({ body }) => Number(body));
        assert.deepEqual(
          left,
          [...left].sort((a, b) => a - b),
          'in their order',
        );
        assert.ok(left.at(-1)! >= atMs, `${symbol} of ${atMs}: ${left}`);
      }
    }),
    { numRuns: 40, seed: 7 },
  );
});
