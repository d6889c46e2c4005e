import { EXECUTION_ALERTS } from './catalogue/execution.ts';
import { GUARD_ALERTS } from './catalogue/guards.ts';
import { MESSAGING_ALERTS } from './catalogue/messaging.ts';
import { SYSTEM_ALERTS } from './catalogue/system.ts';
import { VENUE_ALERTS } from './catalogue/venues.ts';
import type { AlertSpec } from './types.ts';

/**
 * Every alert that Twinleg can raise, by its code. Prometheus' rules, the runbook and the messages are all made from this
 * list; a rule's name is its code.
 */
export const ALERTS = {
  ...EXECUTION_ALERTS,
  ...GUARD_ALERTS,
  ...VENUE_ALERTS,
  ...SYSTEM_ALERTS,
  ...MESSAGING_ALERTS,
} as const satisfies Record<string, AlertSpec>;

export type AlertCode = keyof typeof ALERTS;

export const ALERT_CODES = Object.keys(ALERTS) as AlertCode[];

export function isAlertCode(text: string): text is AlertCode {
  return Object.hasOwn(ALERTS, text);
}

export function alertSpec(code: AlertCode): AlertSpec {
  return ALERTS[code];
}

/** Where the runbook speaks of an alert: the anchor of its heading, and the file within the project. */
export function runbookOf(code: string): string {
  return `docs/RUNBOOK.md#${code.toLowerCase().replaceAll('_', '-')}`;
}
