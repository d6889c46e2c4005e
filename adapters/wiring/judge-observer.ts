import type { EngineObserver } from '#core/engine/engine.ts';
import type { FunctionAlerts } from './function-alerts.ts';
import type { FunctionLog } from './lambda.ts';

/** Tells the log of a function what was committed: decisions, fills, pairs, refusals, alerts and the trading state. */
export function createJudgeObserver(log: FunctionLog, alerts: Pick<FunctionAlerts, 'alert'>): EngineObserver {
  return {
    transition({ pair, decision, fills }) {
      const { id, symbol, state } = pair;
      if (decision !== null) log('info', 'decision', { id, symbol, decision: decision.decision, code: decision.code });
      for (const { venue, side, quantity, price, orderId } of fills)
        log('info', 'fill', { symbol, venue, side, quantity, price, orderId });
      log('info', 'pair', { id, symbol, state });
    },
    refusal: ({ symbol, code, decision }) => log('info', 'refusal', { symbol, code, decision }),
    alert(alert) {
      log('error', 'alert', { ...alert });
      alerts.alert(alert);
    },
    control: ({ tradingState, setBy, reason }) => log('warn', 'trading_state', { tradingState, setBy, reason }),
    seeded() {},
    conflict: (kind) => log('info', 'conflict', { kind }),
  };
}
