import { EXPLAINS } from '#core/alerts/inhibition.ts';
import type { Yaml } from '../yaml.ts';
import { PROMETHEUS_ALERTS, WATCHDOG } from './rules.ts';

export interface PrometheusOptions {
  /** `host:port` of each process that serves /metrics. */
  readonly targets: readonly string[];
  /** `host:port` of Alertmanager. */
  readonly alertmanager: string;
  readonly scrapeEvery?: string;
}

/** Prometheus' own configuration; the rules lie beside it. */
export function prometheusConfig({ targets, alertmanager, scrapeEvery = '15s' }: PrometheusOptions): Yaml {
  return {
    global: { scrape_interval: scrapeEvery, scrape_timeout: scrapeEvery, evaluation_interval: scrapeEvery },
    rule_files: ['recording.yml', 'alerts.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [{ job_name: 'twinleg', static_configs: [{ targets }] }],
  };
}

export interface AlertmanagerOptions {
  /** Where Twinleg takes alerts: it writes them down and tells the operator. */
  readonly webhookUrl: string;
  /** File with the secret that it shares with Twinleg (ALERTMANAGER_WEBHOOK_SECRET). */
  readonly secretFile: string;
  /** Far end of the dead man's switch, outside this system; null where there is none. */
  readonly deadManUrl: string | null;
  /** Straight to the operator for what the process itself can no longer tell; null leaves it to the webhook. */
  readonly telegram: { readonly apiUrl: string; readonly botToken: string; readonly chatId: number } | null;
  /** How long the first alert of a group waits for others; severe ones wait a tenth. */
  readonly groupWaitSeconds?: number;
  /** How often a group may be told of again, and the far end of the dead man's switch be called. */
  readonly groupIntervalSeconds?: number;
}

/** The labels that tell one scraped process from another; the sums over what a stage pushes have neither. */
const SAME_RUN = ['job', 'instance'];

/** What Alertmanager tells the operator by itself; it escapes what it fills in. */
const DIRECT_MESSAGE = [
  '{{ range .Alerts }}<b>{{ if eq .Status "firing" }}🚨{{ else }}✅{{ end }} [{{ .Labels.severity }}] {{ .Annotations.summary }}',
  '{{ if eq .Status "resolved" }} (over){{ end }}</b>\n<b>Told by:</b> Alertmanager itself, of {{ .Labels.instance }}\n',
  '<b>Do:</b> {{ .Annotations.action }}\nRunbook: {{ .Annotations.runbook }}\n{{ end }}',
].join('');

/**
 * Routing by severity, one message for what belongs together, and silence for what only follows: a process that is down
 * has neither feeds nor figures, so all that would complain about its own keeps quiet, no other’s, and the graver alert of a code hides
 * the lesser one.
 */
export function alertmanagerConfig(options: AlertmanagerOptions): Yaml {
  const { webhookUrl, secretFile, deadManUrl, telegram, groupWaitSeconds = 10, groupIntervalSeconds = 60 } = options;
  const interval = `${groupIntervalSeconds}s`;
  const quick = `${Math.max(1, Math.round(groupWaitSeconds / 10))}s`;
  const twinleg = {
    url: webhookUrl,
    send_resolved: true,
    max_alerts: 0,
    http_config: { authorization: { type: 'Bearer', credentials_file: secretFile } },
  };
  const deadMan = deadManUrl === null ? undefined : [{ url: deadManUrl, send_resolved: false }];
  const direct =
    telegram === null
      ? undefined
      : [
          {
            api_url: telegram.apiUrl,
            bot_token: telegram.botToken,
            chat_id: telegram.chatId,
            parse_mode: 'HTML',
            message: DIRECT_MESSAGE,
          },
        ];
  return {
    route: {
      receiver: 'twinleg',
      group_by: ['alertname'],
      group_wait: `${groupWaitSeconds}s`,
      group_interval: interval,
      repeat_interval: '4h',
      routes: [
        {
          receiver: 'dead-man',
          matchers: [`alertname="${WATCHDOG}"`],
          group_wait: '0s',
          group_interval: interval,
          repeat_interval: interval,
        },
        {
          receiver: 'direct',
          matchers: ['alertname=~"ENGINE_CRASHED|SERIES_GONE"'],
          group_wait: quick,
          continue: true,
        },
        {
          receiver: 'twinleg',
          matchers: ['severity="P0"'],
          group_wait: quick,
          group_interval: quick,
          repeat_interval: '30m',
        },
        { receiver: 'twinleg', matchers: ['severity="P1"'], group_wait: quick, repeat_interval: '1h' },
        { receiver: 'twinleg', matchers: ['severity="P3"'], group_wait: '1m', repeat_interval: '24h' },
      ],
    },
    inhibit_rules: [
      {
        source_matchers: ['alertname="ENGINE_CRASHED"'],
        target_matchers: ['alertname!="ENGINE_CRASHED"', `alertname!="${WATCHDOG}"`],
        equal: SAME_RUN,
      },
      // That no series is left belongs to no instance: one that is down explains it.
      { source_matchers: ['alertname="ENGINE_CRASHED"'], target_matchers: ['alertname="SERIES_GONE"'] },
      ...Object.entries(EXPLAINS).flatMap(([graver, symptoms]) => inhibition(graver, symptoms)),
    ],
    receivers: [
      { name: 'twinleg', webhook_configs: [twinleg] },
      { name: 'direct', telegram_configs: direct },
      { name: 'dead-man', webhook_configs: deadMan },
    ],
  };
}

/**
 * Symptoms that Prometheus judges are silenced by the graver alert of the same process, or of the parts of a stage that push;
 * what is about a venue by that of the same venue.
 */
function inhibition(graver: string, symptoms: readonly string[]): Yaml[] {
  const judged = new Set(PROMETHEUS_ALERTS.map(({ code }) => code));
  const codes = symptoms.filter((code) => judged.has(code));
  if (!judged.has(graver) || codes.length === 0) return [];
  const rule = {
    source_matchers: [`alertname="${graver}"`],
    target_matchers: [`alertname=~"${codes.join('|')}"`],
    equal: graver === 'VENUE_DOWN' ? [...SAME_RUN, 'venue'] : SAME_RUN,
  };
  return [rule];
}
