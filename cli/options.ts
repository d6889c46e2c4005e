import { InvalidArgumentError } from 'commander';

/** Reads an option's number; commander names the option in the error. */
export function number(limits: { least?: number; most?: number; whole?: boolean } = {}): (text: string) => number {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole = false } = limits;
  const range = [
    least > Number.NEGATIVE_INFINITY ? ` from ${least}` : '',
    most < Number.POSITIVE_INFINITY ? ` to ${most}` : '',
  ].join('');
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number${range}.`);
  };
}

/** Reads one of a few names. */
export function choice(known: readonly string[]): (text: string) => string {
  return (text) => {
    if (known.includes(text)) return text;
    throw new InvalidArgumentError(`It must be one of ${known.join(', ')}.`);
  };
}
