/** How figures are shown to people. Null, and what is no number, is a dash. */
const DASH = '–';

export function shown(value: number | null | undefined, show: (value: number) => string): string {
  return value === null || value === undefined || !Number.isFinite(value) ? DASH : show(value);
}

/** A signed amount in USDT. */
export function signed(value: number | null | undefined): string {
  return shown(value, (usdt) => `${usdt < 0 ? '−' : '+'}${Math.abs(usdt).toFixed(4)}`);
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
