import { derivedId } from '../ids.ts';
import { type AlertCode, alertSpec } from './catalogue.ts';
import type { Alert, Severity } from './types.ts';

/** The cause of an alert: its code and what it is about, such as an order, a position, a venue; empty for the whole. */
export function fingerprintOf(code: string, subject: string): string {
  return derivedId('cause', code, subject);
}

/** An alert of the catalogue; the same cause at the same moment gives the same id. */
export function raise(code: AlertCode, subject: string, atMs: number, reason: string, severity?: Severity): Alert {
  const spec = alertSpec(code);
  return alert(code, subject, atMs, reason, 'fired', severity ?? spec.severity);
}

/** The end of what was raised under the same code and subject. */
export function resolve(code: AlertCode, subject: string, atMs: number, reason: string): Alert {
  return alert(code, subject, atMs, reason, 'resolved', alertSpec(code).severity);
}

function alert(
  code: AlertCode,
  subject: string,
  atMs: number,
  reason: string,
  kind: Alert['kind'],
  severity: Severity,
): Alert {
  const { title, action } = alertSpec(code);
  const fingerprint = fingerprintOf(code, subject);
  const id = `a${derivedId('alert', fingerprint, kind, atMs)}`;
  return { id, code, subject, fingerprint, kind, severity, atMs, title, reason, action };
}
