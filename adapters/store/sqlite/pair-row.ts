import type { SQLOutputValue } from 'node:sqlite';
import type { Fill, Pair } from '#core/execution/types.ts';

export type Row = Record<string, SQLOutputValue>;

/** A position's row with its fills, as the pair that the engine works on. */
export function readPairRow(row: Row, fillRows: readonly Row[]): Pair {
  const fills: Fill[] = fillRows.map((fill) => JSON.parse(String(fill.body)));
  return { ...JSON.parse(String(row.body)), fills };
}
