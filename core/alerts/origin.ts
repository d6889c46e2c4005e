import type { Alert } from './types.ts';

/** Begins the subject of what Prometheus judged: the run that tells it does not judge it too. */
export const FROM_OUTSIDE = 'prometheus ';

/**
 * Whether an alert that Prometheus judged is surely of another process than the one that serves this port; a host has
 * many names, so that what has none, or the same port, may be of this one.
 */
export function isOfAnother({ subject }: Pick<Alert, 'subject'>, port: string): boolean {
  const [, told] = /^prometheus \S*:(\d+)(?: |$)/.exec(subject) ?? [];
  return told !== undefined && told !== port;
}

/** Whether an alert was judged by Prometheus, and is over when Alertmanager says so. */
export function isFromOutside({ subject }: Pick<Alert, 'subject'>): boolean {
  return subject.startsWith(FROM_OUTSIDE);
}
