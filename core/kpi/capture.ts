import type { Kpi } from './types.ts';

/** Realised PnL ÷ the net edge seen at the decisions, both in USDT; null where nothing was seen. */
export const captureRatio: Kpi<{ realised: number; seen: number }> = {
  name: 'captureRatio',
  start: { realised: 0, seen: 0 },
  add({ realised, seen }, { pnl, seenEdgeUsdt }) {
    return seenEdgeUsdt > 0 ? { realised: realised + pnl, seen: seen + seenEdgeUsdt } : { realised, seen };
  },
  value: ({ realised, seen }) => (seen === 0 ? null : realised / seen),
};
