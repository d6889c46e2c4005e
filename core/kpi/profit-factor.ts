import type { Kpi } from './types.ts';

/** Sum of the gains ÷ sum of the losses; null without a loss. */
export const profitFactor: Kpi<{ gains: number; losses: number }> = {
  name: 'profitFactor',
  start: { gains: 0, losses: 0 },
  add: ({ gains, losses }, { pnl }) => ({ gains: gains + Math.max(pnl, 0), losses: losses + Math.max(-pnl, 0) }),
  value: ({ gains, losses }) => (losses === 0 ? null : gains / losses),
};
