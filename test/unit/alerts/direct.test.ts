import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectLine } from '#adapters/notify/direct.ts';
import { raise } from '#core/alerts/raise.ts';
import { EMPTY_WINDOW, type SendWindow } from '#core/alerts/window.ts';
import type { NoticeQueue } from '#core/ports/alerts.ts';

const ALERT = raise('STORE_LOST', '', 1000, 'gone');

/** A window that several senders share, and lines that send beside it. */
function shared(maxPerMinute = 10) {
  let window: SendWindow = EMPTY_WINDOW;
  const sent: string[] = [];
  const queue = {
    async window(change: (before: SendWindow) => SendWindow) {
      window = change(window);
      return window;
    },
  } as unknown as NoticeQueue;
  const notifier = {
    async send(text: string) {
      sent.push(text);
      return { kind: 'sent' } as const;
    },
  };
  const line = () => {
    const direct = new DirectLine({ notifier, maxPerMinute, runbookBase: null, run: 'paper', now: () => 1000 });
    return { direct, watched: direct.watch(queue) };
  };
  return { line, queue, sent, slots: () => window.slots };
}

test('what two lines sent past the store is entered by both', async () => {
  const { line, queue, slots } = shared();
  const lines = [line(), line()];
  for (const { direct } of lines) assert.equal(await direct.tell(ALERT), true);
  for (const { direct } of lines) await direct.giveBack(queue);
  assert.equal(slots().length, 2);
  for (const { direct } of lines) await direct.giveBack(queue);
  assert.equal(slots().length, 2, 'twice changes nothing');
});

test('a look at the stored window does not make a line forget what it sent', async () => {
  const { line, queue, sent, slots } = shared(2);
  const { direct, watched } = line();
  assert.equal(await direct.tell(ALERT), true);
  await watched.window((before) => before);
  assert.equal(await direct.tell(ALERT), true);
  assert.equal(await direct.tell(ALERT), false, 'two in a minute');
  assert.equal(sent.length, 2);
  await direct.giveBack(queue);
  assert.equal(slots().length, 2);
});
