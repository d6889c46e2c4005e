import { runbookOf } from '#core/alerts/catalogue.ts';
import type { Alert, Severity } from '#core/alerts/types.ts';
import type { AlertBook, AlertRow } from '#core/ports/alerts.ts';
import { nameOfKey } from '../access.ts';
import { bodyOf, type Item, numberOf } from '../items.ts';
import type { AlertIntake } from './intake.ts';
import type { AlertMaking } from './making.ts';
import { silence } from './silences.ts';

/** The history of alerts on the table of a stage. */
export function createDynamoAlertBook({ access, keys }: AlertMaking, intake: AlertIntake): AlertBook {
  return {
    list: async (last) => (await access.query(keys.partition('alert'), { last })).map(rowOf),
    async open() {
      const first = (await intake.open()).map(({ alert: { atMs, id } }) => keys.alert(atMs, id));
      const found = await access.get(first);
      const rows = first
        .map((key) => found.get(nameOfKey(key)))
        .filter((item) => item !== undefined)
        .map(rowOf);
      return rows.sort((a, b) => a.atMs - b.atMs);
    },
    raise: async (alert) => void (await intake.take(alert)),
    silence: (code, untilMs, nowMs) => silence(access, keys, code, untilMs, nowMs),
  };
}

function rowOf(item: Item): AlertRow {
  const { id, code, severity, atMs, title, reason, action } = bodyOf<Alert>(item);
  return {
    id,
    code,
    severity: (item.severity?.S as Severity | undefined) ?? severity,
    atMs,
    resolvedAtMs: numberOf(item, 'resolvedAtMs') ?? null,
    title,
    reason,
    action,
    runbook: runbookOf(code),
    runId: null,
    deliveredAtMs: numberOf(item, 'deliveredAtMs') ?? null,
    repeats: numberOf(item, 'repeats') ?? 0,
  };
}
