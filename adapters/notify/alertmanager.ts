import { z } from 'zod';
import { type AlertCode, alertSpec, isAlertCode } from '#core/alerts/catalogue.ts';
import { FROM_OUTSIDE } from '#core/alerts/origin.ts';
import { raise, resolve } from '#core/alerts/raise.ts';
import { plainText } from '#core/alerts/text.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { WEBHOOK_RESULTS } from '#core/metrics/labels.ts';
import { jsonOf, sameSecret } from './posted.ts';

/** Longest name or label that is taken over. */
const NAME_UNITS = 60;
/** Most alerts of one call. */
const MOST_ALERTS = 1000;

const labels = z.record(z.string(), z.string());
const webhook = z.object({
  version: z.literal('4'),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels,
        annotations: labels.default({}),
        fingerprint: z.string().default(''),
      }),
    )
    .max(MOST_ALERTS),
});

export type WebhookResult =
  | { readonly result: 'accepted'; readonly alerts: readonly Alert[] }
  | { readonly result: Exclude<(typeof WEBHOOK_RESULTS)[number], 'accepted'>; readonly reason: string };

/**
 * What Alertmanager's webhook tells, as alerts of the catalogue; one that is none of it becomes an EXTERNAL_ALERT.
 *
 * @param authorization the header; `Bearer <secret>` as Alertmanager's `authorization` sends it
 */
export function readWebhook(
  authorization: string | undefined,
  body: string,
  secret: string | null,
  nowMs: number,
): WebhookResult {
  if (secret === null)
    return { result: 'unsigned', reason: 'a webhook came, and ALERTMANAGER_WEBHOOK_SECRET is not set' };
  if (authorization === undefined) return { result: 'unsigned', reason: 'a webhook came without a secret' };
  if (!sameSecret(authorization, `Bearer ${secret}`))
    return { result: 'forged', reason: 'a webhook came with a wrong secret' };
  const parsed = webhook.safeParse(jsonOf(body));
  if (!parsed.success) return { result: 'malformed', reason: 'a webhook came whose body is none of Alertmanager’s' };
  return { result: 'accepted', alerts: parsed.data.alerts.map((each) => alertOf(each, nowMs)) };
}

type Told = z.infer<typeof webhook>['alerts'][number];

function alertOf({ status, labels: of, annotations, fingerprint }: Told, nowMs: number): Alert {
  const name = plainText(of.alertname ?? '', NAME_UNITS);
  const known = isAlertCode(name) && alertSpec(name).prometheus !== null;
  const code: AlertCode = known ? (name as AlertCode) : 'EXTERNAL_ALERT';
  const about = ['instance', 'venue', 'symbol', 'guard'].flatMap((label) =>
    of[label] === undefined ? [] : [of[label]],
  );
  const subject = `${FROM_OUTSIDE}${plainText(known ? about.join(' ') : `${name} ${fingerprint}`, NAME_UNITS * 2)}`;
  if (status === 'resolved') return resolve(code, subject, nowMs, 'Alertmanager says so');
  const words = annotations.description ?? annotations.summary ?? 'no description';
  const whose = known && of.instance !== undefined ? ` (${plainText(of.instance, NAME_UNITS)})` : '';
  return raise(code, subject, nowMs, `${known ? '' : `${name}: `}${plainText(words, 700)}${whose}`);
}
