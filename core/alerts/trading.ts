import { derivedId } from '../ids.ts';
import type { Alert, Severity } from './types.ts';

interface Template {
  /** As users see it, where it differs from its name here. */
  readonly code?: string;
  readonly severity: Severity;
  readonly title: string;
  readonly action: string;
}

/** Alerts that the pair machine raises itself. */
const TEMPLATES = {
  OUTCOME_UNKNOWN: {
    severity: 'P0',
    title: 'Outcome of an order is unknown',
    action: 'Look the order up at the venue. Entries stay off until the outcome is known.',
  },
  NAKED_LEG: {
    severity: 'P1',
    title: 'A position has been one-legged for too long',
    action: 'Check the venue that lags. If the unwind does not fill, close the excess by hand.',
  },
  NAKED_LEG_CRITICAL: {
    severity: 'P0',
    title: 'A position is still one-legged',
    action: 'Close the excess by hand at the venue where it lies.',
  },
  LEG_REJECTED: {
    severity: 'P2',
    title: 'A venue rejected an order',
    action: 'Read the reason. Repeated rejections mean wrong limits, balances or permissions.',
  },
  POSITION_UNJUDGEABLE: {
    severity: 'P2',
    title: 'An open position cannot be judged',
    action: 'Check both venues’ feeds. It can neither stop its loss nor close until quotes are fresh and deep enough.',
  },
  POSITION_UNJUDGEABLE_LONG: {
    code: 'POSITION_UNJUDGEABLE',
    severity: 'P1',
    title: 'An open position could not be judged for a minute',
    action: 'Check both venues’ feeds; if they stay silent, close the position by hand.',
  },
  POSITION_OVERDUE: {
    severity: 'P1',
    title: 'A position is held past its maximum',
    action:
      'See `npx twinleg why` for what holds its exit back; `npx twinleg flatten` closes it as soon as quotes allow.',
  },
  EXPOSURE_CONFLICT: {
    severity: 'P2',
    title: 'A committed change was refused by the store',
    action: 'Run `npx twinleg doctor --store`.',
  },
  UNIVERSE_STALE: {
    severity: 'P2',
    title: 'The list of symbols cannot be refreshed',
    action: 'Check the venue’s REST and the limits it sets. The last good list stays in force until it answers.',
  },
  UNIVERSE_EMPTY: {
    severity: 'P1',
    title: 'No symbol is left to trade',
    action:
      'Run `npx twinleg universe` for the reasons and mend universe.filters. Open positions are managed meanwhile.',
  },
  CONFIG_REJECTED: {
    severity: 'P3',
    title: 'A changed configuration is faulty',
    action: 'Mend the keys named. The configuration before it stays in force.',
  },
} as const satisfies Record<string, Template>;

export type TradingAlertCode = keyof typeof TEMPLATES;

/** An alert about one subject (an order or a position); the same subject gives the same id. */
export function tradingAlert(code: TradingAlertCode, subject: string, atMs: number, reason: string): Alert {
  const template: Template = TEMPLATES[code];
  const { severity, title, action } = template;
  const id = `a${derivedId('alert', code, subject)}`;
  return { id, code: template.code ?? code, severity, atMs, title, reason, action };
}
