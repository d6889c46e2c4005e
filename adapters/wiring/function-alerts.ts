import { faultCause } from '#core/alerts/faults.ts';
import { raise } from '#core/alerts/raise.ts';
import type { Alert } from '#core/alerts/types.ts';

/** What a function raises while it works, sent at the end of its invocation. */
export interface FunctionAlerts {
  alert(alert: Alert): void;
  /** Something failed and was logged. */
  fault(code: string, message: string): void;
  /** Never throws: what was written with its cause is found by the sweep, the rest is logged. */
  flush(): Promise<void>;
}

interface FunctionAlertsParts {
  readonly send: (alerts: readonly Alert[]) => Promise<void>;
  readonly now: () => number;
  readonly failed: (error: unknown, codes: readonly string[]) => void;
}

export function createFunctionAlerts({ send, now, failed }: FunctionAlertsParts): FunctionAlerts {
  const waiting = new Map<string, Alert>();
  const put = (alert: Alert) => void waiting.set(alert.id, alert);
  return {
    alert: put,
    fault(code, message) {
      const cause = faultCause(code);
      put(raise(cause.code, cause.subject, now(), `${code}: ${message}`));
    },
    async flush() {
      const alerts = [...waiting.values()];
      waiting.clear();
      if (alerts.length === 0) return;
      await send(alerts).catch((error: unknown) =>
        failed(
          error,
          alerts.map(({ code }) => code),
        ),
      );
    },
  };
}
