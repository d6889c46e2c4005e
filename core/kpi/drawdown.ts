import { type Decimal, ZERO } from '../market/money.ts';
import type { Kpi } from './types.ts';

interface State {
  readonly equity: Decimal;
  readonly peak: Decimal;
  readonly worst: Decimal;
}

/** Largest fall of the summed PnL below its highest point so far, USDT, as a positive number; the start counts as a peak. */
export const maxDrawdown: Kpi<State> = {
  name: 'maxDrawdownUsdt',
  start: { equity: ZERO, peak: ZERO, worst: ZERO },
  add(state, trade) {
    const equity = state.equity.plus(trade.pnlUsdt);
    const peak = equity.gt(state.peak) ? equity : state.peak;
    const fall = peak.minus(equity);
    return { equity, peak, worst: fall.gt(state.worst) ? fall : state.worst };
  },
  value: (state) => state.worst.toNumber(),
};
