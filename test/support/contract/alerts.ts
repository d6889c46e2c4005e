import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raise, resolve } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import { ask, bind, type CommandState, take } from '#core/operator/confirmations.ts';
import type { AlertBook, NoticeQueue } from '#core/ports/alerts.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import { courier, Heard, mostInWindow, p0, p2 } from '../alert-store.ts';

/** Alerting on one store; `again` is another process on the same one. */
export interface AlertingUnderTest {
  readonly queue: NoticeQueue;
  readonly book: AlertBook;
  readonly commands: OperatorLog;
  write(...alerts: Alert[]): Promise<void>;
  remind(nowMs: number): Promise<number>;
  again(): AlertingUnderTest;
}

const T0 = 1_800_000_000_000;
const MINUTE_MS = 60_000;

/** What every store of alerts has to do. */
export function alertContract(name: string, open: () => Promise<AlertingUnderTest>): void {
  function sender(at: AlertingUnderTest) {
    const clock = { nowMs: T0 };
    const heard = new Heard(() => clock.nowMs);
    const lanes = [true, false].map((urgent) =>
      courier({ queue: at.queue, notifier: heard, now: () => clock.nowMs, urgent }, 100),
    );
    const deliver = async () => {
      for (const lane of lanes) await lane.deliver();
      return heard.sent.splice(0).map(({ html }) => /<b>(.*?)<\/b>/.exec(html)![1]!);
    };
    return { clock, heard, deliver };
  }

  test(`${name}: one cause is one alert, told when it begins, worsens, lasts and ends`, async () => {
    const at = await open();
    const { clock, deliver } = sender(at);
    const unjudgeable = (atMs: number, severity?: 'P1') =>
      raise('POSITION_UNJUDGEABLE', 'p1', atMs, `since ${atMs - T0}`, severity);
    await at.write(unjudgeable(T0));
    await at.write(unjudgeable(T0));
    await at.write(unjudgeable(T0 + 1));
    assert.deepEqual((await deliver()).length, 1);
    await at.write(unjudgeable(T0 + 2, 'P1'));
    assert.match((await deliver()).join(), /\[P1\].*\(worse\)/);
    assert.deepEqual(
      (await at.book.open()).map(({ code, severity, repeats }) => [code, severity, repeats]),
      [['POSITION_UNJUDGEABLE', 'P1', 1]],
    );
    assert.equal(await at.remind(T0 + 29 * MINUTE_MS), 0);
    assert.equal(await at.remind(T0 + 31 * MINUTE_MS), 1);
    assert.equal(await at.remind(T0 + 31 * MINUTE_MS + 1), 0);
    clock.nowMs = T0 + 31 * MINUTE_MS;
    assert.match((await deliver()).join(), /\(still\)/);
    await at.write(resolve('POSITION_UNJUDGEABLE', 'p1', T0 + 32 * MINUTE_MS, 'quotes again'));
    await at.write(resolve('POSITION_UNJUDGEABLE', 'p1', T0 + 32 * MINUTE_MS, 'quotes again'));
    assert.match((await deliver()).join(), /^✅.*\(over\)$/);
    assert.deepEqual(await at.book.open(), []);
    const [row, ...more] = await at.book.list(10);
    assert.equal(more.length, 0);
    assert.equal(row!.resolvedAtMs, T0 + 32 * MINUTE_MS);
    assert.equal(row!.deliveredAtMs, T0);
    await at.write(unjudgeable(T0), unjudgeable(T0 + 33 * MINUTE_MS));
    assert.equal((await at.book.list(10)).length, 2);
  });

  test(`${name}: an event that comes again soon is counted, later it is another one`, async () => {
    const at = await open();
    await at.write(p2('leg', T0), p2('leg', T0 + 1000), p2('other', T0 + 2000));
    await at.write(p2('leg', T0 + 241 * MINUTE_MS));
    const rows = await at.book.list(10);
    assert.deepEqual(
      rows.map(({ atMs, repeats }) => [atMs - T0, repeats]),
      [
        [241 * MINUTE_MS, 0],
        [2000, 0],
        [0, 1],
      ],
    );
    assert.ok(rows.every(({ resolvedAtMs }) => resolvedAtMs !== null));
    assert.deepEqual(await at.book.open(), []);
  });

  test(`${name}: what a graver alert explains is kept and not told, until it explains it no more`, async () => {
    const at = await open();
    const { clock, deliver } = sender(at);
    await at.write(raise('VENUE_DOWN', 'upbit', T0, 'silent'));
    await at.write(raise('FX_STALE', '', T0 + 1, 'no rate'), raise('RECONNECT_STORM', 'upbit', T0 + 2, 'breaks'));
    await at.write(resolve('RECONNECT_STORM', 'upbit', T0 + 3, 'calm'));
    const told = await deliver();
    assert.equal(told.length, 1, told.join());
    assert.equal(await at.remind(T0 + 4), 0);
    await at.write(resolve('VENUE_DOWN', 'upbit', T0 + 5, 'heard'));
    assert.equal(await at.remind(T0 + 80_000), 0);
    assert.equal(await at.remind(T0 + 95_006), 1);
    clock.nowMs = T0 + 95_006;
    const later = await deliver();
    assert.equal(later.length, 2, later.join());
    assert.equal((await at.book.list(9)).length, 3);
    assert.deepEqual(
      (await at.book.open()).map(({ code }) => code),
      ['FX_STALE'],
    );
  });

  test(`${name}: claims exclude each other, what is given back waits again, what was lost is marked`, async () => {
    const at = await open();
    const other = at.again();
    await at.write(p2('a', T0), p2('b', T0 + 1), p0('c', T0 + 2));
    const waiting = async ({ queue }: AlertingUnderTest) =>
      Promise.all([queue.waiting(true, 9), queue.waiting(false, 9), queue.waiting(false, 1), queue.oldestAtMs()]);
    assert.deepEqual(await waiting(at), [1, 2, 1, T0]);
    const claim = (on: AlertingUnderTest, attempt: string, urgent = false) =>
      on.queue.claim({ urgent, most: 1, attempt, nowMs: T0 });
    const [first] = await claim(at, 'one');
    const [second] = await claim(other, 'two');
    assert.deepEqual([first!.alert.reason, second!.alert.reason], ['P2 of a', 'P2 of b']);
    assert.deepEqual(await claim(at, 'three'), []);
    await at.queue.settle('one', 'again', T0);
    await other.queue.settle('two', 'unsure', T0);
    const back = await at.queue.claim({ urgent: false, most: 5, attempt: 'four', nowMs: T0 });
    assert.deepEqual(
      back.map(({ unsure }) => unsure),
      [false, true],
    );
    assert.equal(await other.queue.recover(T0 + 1000, 60_000), 0);
    assert.equal(await other.queue.recover(T0 + 60_001, 60_000), 2);
    const lost = await other.queue.claim({ urgent: false, most: 5, attempt: 'five', nowMs: T0 });
    assert.deepEqual(
      lost.map(({ unsure }) => unsure),
      [true, true],
    );
    await other.queue.settle('five', 'sent', T0 + 5);
    await at.queue.markTold(p0('c', T0 + 2), T0 + 6);
    assert.deepEqual(await waiting(at), [0, 0, 0, null]);
    const told = (await at.book.list(9)).map(({ deliveredAtMs }) => (deliveredAtMs ?? 0) - T0);
    assert.deepEqual(told, [6, 5, 5]);
  });

  test(`${name}: senders at once take what is first, each another, and pass by what is silenced`, async () => {
    const at = await open();
    const senders = [at, ...Array.from({ length: 4 }, () => at.again())];
    const names = Array.from({ length: 16 }, (_, i) => `n${String(i).padStart(2, '0')}`);
    await at.book.silence('RECONNECT_STORM', T0 + 1e6, T0);
    await at.write(raise('RECONNECT_STORM', 'upbit', T0 - 1, 'silenced'));
    await at.write(...names.map((each, i) => p2(each, T0 + i)));
    await at.write(raise('POSITION_UNJUDGEABLE', 'p1', T0 + 100, 'P1', 'P1'));
    const claims = await Promise.all(
      senders.map(({ queue }, i) => queue.claim({ urgent: false, most: 2, attempt: `at-once-${i}`, nowMs: T0 + 200 })),
    );
    assert.deepEqual(
      claims.map((claimed) => claimed.length),
      [2, 2, 2, 2, 2],
    );
    const taken = claims.flat().map(({ alert }) => (alert.severity === 'P1' ? 'P1' : alert.subject));
    assert.deepEqual(taken.sort(), ['P1', ...names.slice(0, 9)]);
    assert.equal(await at.queue.waiting(false, 99), 7);
    assert.equal(await at.queue.oldestAtMs(), T0 + 9);
  });

  test(`${name}: a silence keeps a code from being told, and ends`, async () => {
    const at = await open();
    const { clock, deliver } = sender(at);
    assert.deepEqual(await at.book.silence('LEG_REJECTED', T0 + 1000, T0), { LEG_REJECTED: T0 + 1000 });
    assert.deepEqual(Object.keys(await at.book.silence('VENUE_DOWN', T0 + 9000, T0)), ['LEG_REJECTED', 'VENUE_DOWN']);
    await at.write(p2('quiet', T0));
    assert.deepEqual(await deliver(), []);
    clock.nowMs = T0 + 1000;
    await at.write(p2('loud', T0 + 1000));
    assert.equal((await deliver()).length, 1);
    assert.deepEqual(await at.book.silence('VENUE_DOWN', T0, T0 + 1000), {});
    assert.equal((await at.book.list(9)).length, 2, 'the history has both');
  });

  test(`${name}: many senders at once keep one window, send each notice once, and P0 first`, async () => {
    const at = await open();
    const clock = { nowMs: T0 };
    const now = () => clock.nowMs;
    const heard = new Heard(now);
    const senders = Array.from({ length: 4 }, () => at.again()).flatMap(({ queue }) =>
      [true, false].map((urgent) => courier({ queue, notifier: heard, now, urgent })),
    );
    for (let step = 0; step < 8; step++) {
      clock.nowMs = T0 + step * 17_000;
      await at.write(...Array.from({ length: 5 }, (_, i) => p2(`${step}-${i}`, clock.nowMs)));
      if (step % 3 === 1) await at.write(p0(`${step}`, clock.nowMs));
      await Promise.all(senders.map((each) => each.deliver()));
    }
    const isEmpty = async () => (await at.queue.oldestAtMs()) === null;
    for (let step = 8; step < 40 && !(await isEmpty()); step++) {
      clock.nowMs = T0 + step * 17_000;
      await Promise.all(senders.map((each) => each.deliver()));
    }
    assert.ok(await isEmpty());
    assert.ok(mostInWindow(heard.sent.map(({ atMs }) => atMs)) <= 10);
    for (const step of [1, 4, 7]) {
      const told = heard.sent.filter(({ html }) => html.includes(`P0 of ${step}`));
      assert.deepEqual(
        told.map(({ atMs }) => atMs),
        [T0 + step * 17_000],
      );
    }
    const singles = heard.sent.filter(({ html }) => !html.includes('in one message')).map(({ html }) => html);
    assert.equal(new Set(singles).size, singles.length);
    assert.ok((await at.book.list(100)).every(({ deliveredAtMs }) => deliveredAtMs !== null));
  });

  test(`${name}: commands are noted once, and a question is taken by one press alone`, async () => {
    const at = await open();
    const other = at.again();
    const asked = { id: '9', atMs: T0, chat: '7', sender: '@a (7)', text: '/halt' };
    const begun = await Promise.all([at.commands.begin(asked), other.commands.begin(asked)]);
    assert.deepEqual(begun.sort(), ['again', 'new']);
    await at.commands.end('9', 'answered');
    assert.equal(await other.commands.begin(asked), 'ended');
    assert.deepEqual(await other.commands.list(5), [{ ...asked, outcome: 'answered' }]);
    const question = {
      id: 'q',
      command: 'halt',
      chat: '7',
      messageId: null,
      expiresMs: T0 + 60_000,
      takenBy: null,
    } as const;
    await at.commands.state((state) => ask(state, question, T0));
    await other.commands.state((state) => bind(state, 'q', 5));
    const press = (on: OperatorLog, updateId: string) => {
      let taken = false;
      const change = (state: CommandState) => {
        const mine = take(state, { id: 'q', chat: '7', messageId: 5, updateId }, T0);
        taken = mine !== null;
        return mine?.state ?? null;
      };
      return on.state(change).then(() => taken);
    };
    const presses = await Promise.all([1, 2, 3, 4].map((i) => press(i % 2 ? at.commands : other.commands, String(i))));
    assert.equal(presses.filter(Boolean).length, 1);
    await Promise.all(
      Array.from({ length: 12 }, () =>
        other.commands.state((state) => ({ ...state, offset: (state.offset ?? 0) + 1 })),
      ),
    );
    assert.equal((await at.commands.state(() => null)).offset, 12);
  });
}
