import { MASKED_NAMES } from '#adapters/config/secrets.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

type Environment = Readonly<Record<string, string | undefined>>;

/** Shorter secrets would mask ordinary text. */
const SHORTEST_SECRET = 6;

/** Replaces every secret of the environment by stars, wherever it stands, as it is or as JSON and addresses write it. */
export function createMask(env: Environment): (text: string) => string {
  const secrets = MASKED_NAMES.flatMap((name) => {
    const secret = env[name]?.trim() ?? '';
    return secret.length < SHORTEST_SECRET ? [] : writings(secret);
  }).sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

function writings(secret: string): string[] {
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])];
}

/** An event as one JSON line. */
export function jsonLine(level: LogLevel, event: string, fields: LogFields): string {
  return JSON.stringify({ atMs: Date.now(), level, event, ...fields });
}

/** Logs events as JSON lines, without secrets: for processes that nobody watches. */
export function createJsonLog(env: Environment, write: (line: string) => void): Log {
  const mask = createMask(env);
  return (level, event, fields = {}) => write(`${mask(jsonLine(level, event, fields))}\n`);
}
