import { createMask, jsonLine, type Log, type LogFields, type LogLevel } from '#adapters/wiring/log.ts';
import { paint } from './output.ts';

export interface LoggerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One JSON line an event; else a line for people. */
  readonly json: boolean;
  write(line: string): void;
}

/** Logs events, one line each, without secrets. */
export function createLog(options: LoggerOptions): Log {
  const mask = createMask(options.env);
  return (level, event, fields = {}) => {
    const line = options.json ? jsonLine(level, event, fields) : readable(level, event, fields);
    options.write(`${mask(line)}\n`);
  };
}

/** `12:00:00 trade symbol=BTC/USDT pnlUsdt=0.41`; a message stands alone. */
export function readable(level: LogLevel, event: string, fields: LogFields): string {
  const { message, ...rest } = fields;
  const time = new Date().toTimeString().slice(0, 8);
  const pairs = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : shorter(value)}`);
  const name =
    level === 'error' ? paint('red', event) : level === 'warn' ? paint('yellow', event) : paint('bold', event);
  return [paint('dim', time), name, message, ...pairs].filter((part) => part !== undefined).join(' ');
}

function shorter(value: unknown): string {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(7))) : String(value);
}
