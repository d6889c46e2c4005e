import { dayOf } from './day.ts';
import type { GlobalView, StandingGuard } from './types.ts';

/** What today's closed positions lost, USDT. */
function lostUsdt({ tally, nowMs, settings }: GlobalView): number {
  return tally.day === dayOf(nowMs, settings.rolloverHour) ? Math.max(0, -Number(tally.dayPnlUsdt)) : 0;
}

/** Loss of the trading day over all symbols. Protects from a bad day that becomes a ruinous one; ends with the day. */
export const dailyLoss: StandingGuard = {
  code: 'DAILY_LOSS',
  tier: 'global',
  always: false,
  does: 'REDUCE_ONLY',
  protectsFrom: 'a bad day that becomes a ruinous one',
  key: 'guards.dailyLoss.maxUsdt',
  passes(view) {
    const { maxUsdt } = view.settings.guards.dailyLoss;
    return maxUsdt === null || lostUsdt(view) < maxUsdt;
  },
  value: lostUsdt,
  limit: (view) => view.settings.guards.dailyLoss.maxUsdt,
  reason: (view) =>
    `${lostUsdt(view).toFixed(2)} USDT lost today, the limit is ${view.settings.guards.dailyLoss.maxUsdt}`,
};
