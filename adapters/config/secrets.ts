import type { ConfigFault } from '#core/config.ts';

/** Secrets come from the environment alone (in the cloud from its stores too), under these names. */
export const SECRET_NAMES = [
  'BINANCE_API_KEY',
  'BINANCE_API_SECRET',
  'UPBIT_ACCESS_KEY',
  'UPBIT_SECRET_KEY',
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_CHAT_ID',
  'TELEGRAM_WEBHOOK_SECRET',
  'ALERTMANAGER_WEBHOOK_SECRET',
] as const;

/** Secrets that other programs' variables hold; like ours they never show. */
const OTHERS_SECRETS = [
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_METRICS_HEADERS',
] as const;

/** Variables of the environment whose values are masked wherever text leaves the process. */
export const MASKED_NAMES: readonly string[] = [...SECRET_NAMES, ...OTHERS_SECRETS];

/** What telling the operator needs; null where it is not set. */
export interface AlertSecrets {
  readonly botToken: string | null;
  readonly chatId: string | null;
  readonly alertmanagerSecret: string | null;
  /** Comes with each update that Telegram posts. */
  readonly webhookSecret: string | null;
}

export const NO_ALERT_SECRETS: AlertSecrets = {
  botToken: null,
  chatId: null,
  alertmanagerSecret: null,
  webhookSecret: null,
};

/** By field, the variable that holds it; in the cloud also the last part of a parameter's name. */
export const ALERT_SECRET_NAMES = {
  botToken: 'TELEGRAM_BOT_TOKEN',
  chatId: 'TELEGRAM_CHAT_ID',
  alertmanagerSecret: 'ALERTMANAGER_WEBHOOK_SECRET',
  webhookSecret: 'TELEGRAM_WEBHOOK_SECRET',
} as const satisfies Record<keyof AlertSecrets, (typeof SECRET_NAMES)[number]>;

/** Reads the secrets of alerting; an empty one is none. */
export function readAlertSecrets(env: Readonly<Record<string, string | undefined>>): AlertSecrets {
  const read = Object.entries(ALERT_SECRET_NAMES).map(([field, name]) => [field, env[name]?.trim() || null]);
  return { ...NO_ALERT_SECRETS, ...Object.fromEntries(read) };
}

const LOOKS_SECRET = /(secret|secretkey|token|password|passphrase|apikey|accesskey|privatekey)$/;

/** The fault of a key that means a secret, such as `venues.binance.apiKey`; undefined for any other. Never shows a value. */
export function secretFault(path: string): ConfigFault | undefined {
  const flat = flatten(path);
  const name = SECRET_NAMES.find((each) => flat.endsWith(flatten(each)));
  if (name === undefined && !LOOKS_SECRET.test(flat)) return undefined;
  const names = name ?? `one of ${SECRET_NAMES.join(', ')}`;
  return { path, message: `secrets come from the environment alone: set ${names} there and remove it here` };
}

function flatten(name: string): string {
  return name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
}
