import { raise } from '#core/alerts/raise.ts';
import type { Incident } from '../types.ts';

const STORM = 2000;
/** Messages that Telegram gets in a minute at most. */
const MOST_MESSAGES = 10;

export const incident: Incident = {
  done: `${STORM.toLocaleString('en-US')} alerts are queued at once, and behind them a P0`,
  expected: { OUTCOME_UNKNOWN: 8000, TEST_ALERT: 20_000 },
  quiet: ['TELEGRAM_DOWN', 'STORE_SLOW', 'LOOP_LATENCY', 'MESSAGE_REFUSED', 'VENUE_DOWN'],
  recovery: 'the P0 went first, the others came in summaries; the queue is empty, and all are in the history',
  recoversWithinMs: 75_000,
  slow: true,
  strike(stage) {
    const nowMs = Date.now();
    stage.queue(
      Array.from({ length: STORM }, (_, i) => raise('TEST_ALERT', `storm ${i}`, nowMs, `${i} of a rehearsal`)),
    );
    // Over with the next second, as no position has such an order.
    stage.queue([raise('OUTCOME_UNKNOWN', 'no order', nowMs, 'a P0 of a rehearsal')]);
  },
  async mend(stage) {
    await stage.until('every alert is with the operator', () => stage.alerts().every(isTold), 60_000);
  },
  async verify(stage) {
    const rows = stage.alerts();
    stage.check(rows.length === STORM + 1, `${rows.length} alerts are in the history`);
    const messages = await stage.bot.messages();
    stage.check(messages.length <= MOST_MESSAGES, `${messages.length} messages in a minute`);
  },
};

function isTold({ deliveredAtMs }: { readonly deliveredAtMs: number | null }): boolean {
  return deliveredAtMs !== null;
}
