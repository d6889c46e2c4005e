import { paint } from './output.ts';

/** How figures are shown to people. Null, and what is no number, is a dash. */
const DASH = '–';

function shown(value: number | null | undefined, show: (value: number) => string): string {
  return value === null || value === undefined || !Number.isFinite(value) ? DASH : show(value);
}

/** A signed amount in USDT, green above zero and red below. */
export function pnl(value: number | null | undefined): string {
  return shown(value, (usdt) => {
    const text = `${usdt < 0 ? '−' : '+'}${Math.abs(usdt).toFixed(4)}`;
    if (usdt === 0) return text;
    return paint(usdt > 0 ? 'green' : 'red', text);
  });
}

export function usdt(value: number | null | undefined): string {
  return shown(value, (amount) =>
    amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  );
}

/** A price or quantity, to seven digits that tell. */
export function quantity(value: number | null | undefined): string {
  return shown(value, (amount) =>
    amount >= 100_000
      ? amount.toLocaleString('en-US', { maximumFractionDigits: 1 })
      : amount.toLocaleString('en-US', { maximumSignificantDigits: 7 }),
  );
}

/** A fraction, in basis points. */
export function bps(value: number | null | undefined): string {
  return shown(value, (fraction) => (fraction * 10_000).toFixed(1));
}

export function percent(value: number | null | undefined): string {
  return shown(value, (fraction) => `${(fraction * 100).toFixed(1)} %`);
}

/** An age or a duration. */
export function duration(ms: number | null | undefined): string {
  return shown(ms, (value) => {
    if (value < 1000) return `${Math.round(value)} ms`;
    if (value < 100_000) return `${(value / 1000).toFixed(1)} s`;
    const minutes = Math.floor(value / 60_000);
    if (minutes < 100) return `${minutes} min ${Math.floor((value % 60_000) / 1000)} s`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  });
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
