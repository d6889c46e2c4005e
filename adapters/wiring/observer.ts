import { raise } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { EngineObserver } from '#core/engine/engine.ts';
import { FINAL_STATES } from '#core/execution/types.ts';
import { closedTrade } from '#core/kpi/closed-trade.ts';
import type { KpiBook } from '#core/kpi/index.ts';
import { balanceKey } from '#core/portfolio/portfolio.ts';
import { isTrade, tradeOf } from '#core/portfolio/trade.ts';
import type { RunOptions } from './embedded.ts';
import type { Recording } from './recording.ts';
import type { RunWatch } from './run-watch.ts';
import type { RunTelemetry } from './telemetry.ts';

interface ObserverParts {
  readonly log: RunOptions['log'];
  readonly kpi: KpiBook;
  readonly telemetry: RunTelemetry;
  readonly recording: () => Recording | null;
  readonly nowMs: () => number;
  readonly alerts: () => RunWatch;
}

const REFUSAL_EVENTS: Readonly<Record<string, string>> = {
  REFUSED: 'refused',
  REFUSAL_ENDED: 'refusal_ended',
  HELD: 'guard_holds',
  RELEASED: 'guard_released',
};

/** Tells logs, figures, metrics and the recording what the engine has committed. */
export function createRunObserver(parts: ObserverParts): EngineObserver {
  const { log, kpi, telemetry, recording, nowMs, alerts } = parts;
  return {
    transition(transition, before) {
      const { pair, decision, fills } = transition;
      telemetry.transition(transition, before);
      if (decision !== null) {
        log('info', 'decision', {
          symbol: decision.symbol,
          decision: decision.decision,
          code: decision.code,
          netEdge: decision.netEdge,
          id: pair.id,
        });
      }
      for (const fill of fills) {
        log('info', 'fill', {
          symbol: pair.symbol,
          venue: fill.venue,
          side: fill.side,
          quantity: Number(fill.quantity),
          price: Number(fill.price),
          orderId: fill.orderId,
        });
      }
      if (before !== null && FINAL_STATES.has(pair.state) && isTrade(pair)) {
        kpi.add(pair.symbol, closedTrade(pair));
        telemetry.activity.lastCloseMs = pair.closedAtMs;
        const trade = tradeOf(pair);
        log('info', 'trade', {
          symbol: trade.symbol,
          direction: trade.direction,
          quantity: trade.quantity,
          reason: trade.reason,
          pnlUsdt: trade.pnlUsdt,
          heldSeconds: (trade.closedAtMs - (trade.openedAtMs ?? trade.decidedAtMs)) / 1000,
        });
      } else if (before?.state !== pair.state) {
        log('info', 'pair', { symbol: pair.symbol, state: pair.state, id: pair.id });
      }
    },
    refusal(record) {
      telemetry.refusal(record);
      const verdict = record.guards.find((guard) => guard.name === record.code);
      log('info', REFUSAL_EVENTS[record.decision] ?? 'refused', {
        symbol: record.symbol,
        code: record.code,
        netEdge: record.netEdge,
        value: verdict?.value,
        limit: verdict?.limit,
        count: record.inputs.count,
      });
    },
    alert(alert) {
      telemetry.messaging.alert(alert);
      logAlert(log, alert);
      alerts().alerts.written();
    },
    control(control, origin, atCommit) {
      if (origin === 'outside') recording()?.event({ kind: 'control', atMs: nowMs(), control, atCommit });
      log('warn', 'trading_state', {
        tradingState: control.tradingState,
        setBy: control.setBy,
        reason: control.reason,
        flatten: control.flatten,
      });
    },
    seeded(balances) {
      recording()?.seeded(
        Object.fromEntries(balances.map(({ venue, asset, quantity }) => [balanceKey(venue, asset), quantity])),
      );
    },
    conflict(kind) {
      telemetry.conflict(kind);
      if (kind === 'given_up') alerts().raise(raise('EXPOSURE_CONFLICT', '', nowMs(), 'tried again and refused again'));
    },
  };
}

/** One line of the log for an alert, and one for its end. */
export function logAlert(log: RunOptions['log'], { kind, ...alert }: Alert): void {
  if (kind === 'fired') log('error', 'alert', alert);
  else log('info', 'alert_resolved', { code: alert.code, reason: alert.reason, fingerprint: alert.fingerprint });
}
