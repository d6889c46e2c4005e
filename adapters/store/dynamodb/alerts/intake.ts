import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { alertSpec, isAlertCode } from '#core/alerts/catalogue.ts';
import { EXPLAINED_FOR_MS, explainedBy } from '#core/alerts/inhibition.ts';
import { TELL_AGAIN_MS } from '#core/alerts/policy.ts';
import { type Alert, SEVERITIES } from '#core/alerts/types.ts';
import { failureOf } from '../errors.ts';
import { body, bodyOf, expiry, type Item, keyItem, numeric, text } from '../items.ts';
import { Attempts, type Patience } from '../retry.ts';
import { type AlertMaking, noticeKey, noticePut } from './making.ts';

const PATIENCE: Patience = { budgetMs: 4000, attempts: 12 };

/** A cause that is open, or was not long ago. */
export interface Cause {
  readonly version: number;
  /** As it was raised first, with the severity that it has now. */
  readonly alert: Alert;
  readonly lastAtMs: number;
  readonly toldAtMs: number;
  readonly repeats: number;
  /** Its condition holds; it ended, or is an event, otherwise. */
  readonly isOpen: boolean;
  /** The operator was told that it began; not while a graver alert explains it. */
  readonly isTold: boolean;
}

/** Takes alerts into the history: one for each cause, with a notice where something is to be told. */
export function createAlertIntake(making: AlertMaking) {
  const { access, keys, table, keepMs } = making;

  async function causeOf(fingerprint: string): Promise<Cause | null> {
    const key = keys.cause(fingerprint);
    const item = await access.getOne(key);
    return item === undefined ? null : bodyOf<Cause>(item);
  }

  function causePut(cause: Omit<Cause, 'version'>, seen: Cause | null): TransactWriteItem {
    const version = (seen?.version ?? 0) + 1;
    const { fingerprint, severity } = cause.alert;
    const until = cause.isOpen ? {} : { expiresAt: expiry(cause.lastAtMs + TELL_AGAIN_MS[severity] + 86_400_000) };
    const Item = { ...keyItem(keys.cause(fingerprint)), version: numeric(version), body: body({ ...cause, version }) };
    return { Put: { TableName: table, Item: { ...Item, ...until }, ...unchanged(seen) } };
  }

  /** The item in the history as it becomes; what is open stays as long as it is. */
  function rowUpdate({ atMs, id }: Alert, sets: Item, more = ''): TransactWriteItem {
    const names = Object.keys(sets);
    return {
      Update: {
        TableName: table,
        Key: keyItem(keys.alert(atMs, id)),
        UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}${more}`,
        ExpressionAttributeValues: {
          ...Object.fromEntries(names.map((name) => [`:${name}`, sets[name]!])),
          ...(more === '' ? {} : { ':one': numeric(1) }),
        },
      },
    };
  }

  function fired(alert: Alert, seen: Cause | null, isExplained: boolean): TransactWriteItem[] {
    const { code, atMs, severity, id, reason } = alert;
    const isEvent = isAlertCode(code) && alertSpec(code).lasts === 'event';
    const isOver =
      seen === null ||
      (isEvent ? seen.alert.atMs <= atMs - TELL_AGAIN_MS[severity] : !seen.isOpen && seen.lastAtMs < atMs);
    const known = isOver ? null : seen;
    if (known === null) {
      const cause = { alert, lastAtMs: atMs, toldAtMs: atMs, repeats: 0, isOpen: !isEvent, isTold: !isExplained };
      const over = isEvent ? { resolvedAtMs: numeric(atMs), expiresAt: expiry(atMs + keepMs) } : {};
      const Item = { ...keyItem(keys.alert(atMs, id)), body: body(alert), severity: text(severity), ...over };
      return [
        causePut(cause, seen),
        { Put: { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
        noticePut(
          making,
          { kind: 'fired', atMs, alert, repeats: 0, about: alert },
          isExplained ? 'inhibited' : 'waiting',
        ),
      ];
    }
    if (known.alert.id === id || atMs <= known.lastAtMs || (!isEvent && !known.isOpen)) return [];
    const first = known.alert;
    if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(first.severity)) {
      const worse = { ...first, severity, reason };
      return [
        causePut({ ...known, alert: worse, lastAtMs: atMs, toldAtMs: atMs, isTold: true }, seen),
        ...unheld(known),
        rowUpdate(first, { severity: text(severity), body: body(worse) }),
        noticePut(making, { kind: 'worse', atMs, alert: worse, repeats: known.repeats, about: first }),
      ];
    }
    return [
      causePut({ ...known, lastAtMs: atMs, repeats: known.repeats + 1 }, seen),
      rowUpdate(first, { lastAtMs: numeric(atMs) }, ' ADD repeats :one'),
    ];
  }

  function resolved({ atMs, reason }: Alert, seen: Cause | null): TransactWriteItem[] {
    if (seen === null || !seen.isOpen) return [];
    const first = seen.alert;
    const over = { kind: 'resolved', atMs, alert: { ...first, reason }, repeats: seen.repeats, about: first } as const;
    return [
      causePut({ ...seen, lastAtMs: atMs, isOpen: false }, seen),
      rowUpdate(first, { resolvedAtMs: numeric(atMs), expiresAt: expiry(atMs + keepMs) }),
      // Who was not told that it began need not be told that it is over.
      ...(seen.isTold ? [noticePut(making, over)] : unheld(seen)),
    ];
  }

  /** Takes away the word that was held back. */
  function unheld({ isTold, alert }: Cause): TransactWriteItem[] {
    if (isTold) return [];
    const key = noticeKey(making, { kind: 'fired', atMs: alert.atMs, alert, about: alert });
    return [{ Delete: { TableName: table, Key: keyItem(key) } }];
  }

  /** What was held back is told after all. */
  function letGo(seen: Cause, nowMs: number): TransactWriteItem[] {
    const { alert, repeats } = seen;
    return [
      causePut({ ...seen, toldAtMs: nowMs, isTold: true }, seen),
      noticePut(making, { kind: 'fired', atMs: alert.atMs, alert, repeats, about: alert }),
    ];
  }

  const all = async () => (await access.query(keys.partition('cause'))).map((item) => bodyOf<Cause>(item));

  /** One step of a cause, again where somebody else was quicker; what was taken in before comes to nothing. */
  async function change(
    fingerprint: string,
    step: (seen: Cause | null) => TransactWriteItem[],
    besides: TransactWriteItem[],
  ): Promise<boolean> {
    const attempts = new Attempts(PATIENCE);
    let refused = 0;
    for (;;) {
      const seen = await causeOf(fingerprint);
      const items = step(seen);
      if (items.length === 0 && besides.length === 0) return false;
      try {
        await access.transact([...items, ...besides]);
        return items.length > 0;
      } catch (error) {
        const failure = failureOf(error);
        const now = failure === 'condition' ? await causeOf(fingerprint) : null;
        // Nobody moved the cause: the alert itself lies in the history already.
        if (failure === 'condition' && now?.version === seen?.version && ++refused > 1) {
          if (besides.length > 0) await access.repeat(() => access.transact(besides));
          return false;
        }
        if (failure === 'fatal' || !(await attempts.again())) throw access.told(error);
      }
    }
  }

  return {
    /** Whether it changed anything; taken in twice it does not. */
    async take(alert: Alert): Promise<boolean> {
      const { code, kind, atMs } = alert;
      const asksGraver = kind === 'fired' && explainedBy(code).length > 0;
      const isHeld = asksGraver && isExplained(code, await all(), atMs);
      const left = { Delete: { TableName: table, Key: keyItem(keys.raised(alert.atMs, alert.id)) } };
      const step = (seen: Cause | null) => (kind === 'fired' ? fired(alert, seen, isHeld) : resolved(alert, seen));
      return await change(alert.fingerprint, step, [left]);
    },
    /** Those whose condition has not ended. */
    async open(): Promise<readonly Cause[]> {
      return (await all()).filter(({ isOpen }) => isOpen);
    },
    /** Queues a word about what was not spoken of for long, or what no graver alert explains any more. Returns how many. */
    async remind(nowMs: number): Promise<number> {
      let reminded = 0;
      const causes = await all();
      for (const { alert } of causes.filter(({ isOpen }) => isOpen)) {
        const isHeld = isExplained(alert.code, causes, nowMs);
        const step = (seen: Cause | null) => {
          if (seen === null || !seen.isOpen) return [];
          if (!seen.isTold) return isHeld ? [] : letGo(seen, nowMs);
          if (seen.toldAtMs > nowMs - TELL_AGAIN_MS[seen.alert.severity]) return [];
          const { alert: about, repeats } = seen;
          return [
            causePut({ ...seen, toldAtMs: nowMs }, seen),
            noticePut(making, { kind: 'again', atMs: nowMs, alert: about, repeats, about }),
          ];
        };
        if (await change(alert.fingerprint, step, [])) reminded++;
      }
      return reminded;
    },
    /** Raised in a transaction before a moment, and not taken in yet: whoever raised it died before it said so. */
    async left(beforeMs: number): Promise<readonly Alert[]> {
      const alerts = (await access.query(keys.partition('raised'), { first: 500 })).map((item) => bodyOf<Alert>(item));
      return alerts.filter(({ atMs }) => atMs < beforeMs);
    },
  };
}

export type AlertIntake = ReturnType<typeof createAlertIntake>;

function unchanged(seen: Cause | null) {
  return seen === null
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'version = :seen', ExpressionAttributeValues: { ':seen': numeric(seen.version) } };
}

/** Whether a graver alert is open, or was a moment ago, that explains one of this code. */
function isExplained(code: string, causes: readonly Cause[], nowMs: number): boolean {
  const codes: readonly string[] = explainedBy(code);
  return causes.some(
    ({ alert, isOpen, lastAtMs }) => codes.includes(alert.code) && (isOpen || lastAtMs > nowMs - EXPLAINED_FOR_MS),
  );
}
