import { raise } from '#core/alerts/raise.ts';
import type { Incident } from '../types.ts';

export const incident: Incident = {
  done: 'a message lies in the queue that Telegram refuses in every form, and another one behind it',
  expected: { MESSAGE_REFUSED: 10_000, TEST_ALERT: 10_000 },
  quiet: ['TELEGRAM_DOWN', 'ERROR_LOGGED', 'ERROR_RATE', 'STORE_LOST'],
  recovery: 'the one is given up and stays in the history, the other one arrives; nothing waits any more',
  recoversWithinMs: 45_000,
  async strike(stage) {
    // As HTML, and without marks: the first of both is refused for good.
    await stage.bot.mode('refuse', 2);
    const nowMs = Date.now();
    stage.queue(
      ['poison', 'next'].map((subject, i) => raise('TEST_ALERT', subject, nowMs + i, `${subject} of a rehearsal`)),
    );
  },
  mend: (stage) => stage.bot.mode('ok'),
  verify(stage) {
    const told = stage.alerts().filter(({ code, deliveredAtMs }) => code === 'TEST_ALERT' && deliveredAtMs !== null);
    stage.check(told.length === 1, `${told.length} of both messages are marked as told, and one was refused`);
  },
};
