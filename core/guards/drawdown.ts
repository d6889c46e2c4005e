import type { GlobalView, StandingGuard } from './types.ts';

/** How far the sum of all closed positions lies below its highest point so far, USDT. */
function fallUsdt({ tally }: GlobalView): number {
  return Number(tally.peakUsdt) - Number(tally.pnlUsdt);
}

/** Fall of the PnL below its peak, across days. Protects from losing slowly what was earned before. */
export const drawdown: StandingGuard = {
  code: 'DRAWDOWN',
  tier: 'global',
  always: false,
  does: 'REDUCE_ONLY',
  protectsFrom: 'losing slowly, day by day, what was earned before',
  key: 'guards.drawdown.maxUsdt',
  passes(view) {
    const { maxUsdt } = view.settings.guards.drawdown;
    return maxUsdt === null || fallUsdt(view) < maxUsdt;
  },
  value: fallUsdt,
  limit: (view) => view.settings.guards.drawdown.maxUsdt,
  reason: (view) =>
    `the PnL is ${fallUsdt(view).toFixed(2)} USDT below its peak, the limit is ${view.settings.guards.drawdown.maxUsdt}`,
};
