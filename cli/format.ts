import { shown, signed } from '#core/figures.ts';
import { paint } from './output.ts';

export { bps, duration, percent, quantity, usdt } from '#core/figures.ts';

/** A signed amount in USDT, green above zero and red below. */
export function pnl(value: number | null | undefined): string {
  const text = signed(value);
  return value == null || !Number.isFinite(value) || value === 0 ? text : paint(value > 0 ? 'green' : 'red', text);
}

/** A moment, in the local time zone. */
export function moment(atMs: number | null | undefined): string {
  return shown(atMs, (ms) => {
    const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
    return date.toISOString().slice(0, 19).replace('T', ' ');
  });
}

export function state(text: string): string {
  if (text === 'ACTIVE' || text === 'OPEN') return paint('green', text);
  if (text === 'HALTED' || text === 'UNWINDING') return paint('red', text);
  if (text === 'REDUCE_ONLY' || text === 'COOLDOWN') return paint('yellow', text);
  return text;
}
