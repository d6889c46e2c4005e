import { dayOf } from './day.ts';
import type { Guard, GuardContext } from './types.ts';

/** What today's closed positions of the symbol lost, USDT. */
function lostUsdt({ losses, nowMs, settings }: GuardContext): number {
  return losses.day === dayOf(nowMs, settings.rolloverHour) ? Math.max(0, -Number(losses.dayPnlUsdt)) : 0;
}

/** Loss of one symbol in the trading day. Protects from one coin that eats what the others earn. */
export const symbolDailyLoss: Guard = {
  code: 'SYMBOL_DAILY_LOSS',
  tier: 'symbol',
  always: false,
  does: 'refuse',
  protectsFrom: 'one coin that eats what the others earn',
  key: 'guards.symbolDailyLoss.maxUsdt',
  passes(context) {
    const { maxUsdt } = context.settings.guards.symbolDailyLoss;
    return maxUsdt === null || lostUsdt(context) < maxUsdt;
  },
  value: lostUsdt,
  limit: (context) => context.settings.guards.symbolDailyLoss.maxUsdt,
};
