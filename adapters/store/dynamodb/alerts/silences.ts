import type { Silences } from '#core/ports/alerts.ts';
import type { TableKeys } from '../../keys.ts';
import type { TableAccess } from '../access.ts';
import { bodyOf } from '../items.ts';
import { changeVersioned, type Versioned } from './versioned.ts';

export interface StoredSilences extends Versioned {
  readonly untilMs: Silences;
}

const NONE: StoredSilences = { version: 0, untilMs: {} };

/** The silences that still hold. */
export async function readSilences(access: TableAccess, keys: TableKeys, nowMs: number): Promise<Silences> {
  const item = await access.getOne(keys.silences());
  return item === undefined ? {} : holding(bodyOf<StoredSilences>(item).untilMs, nowMs);
}

/** Silences a code until a moment; one that has passed ends the silence. Returns all that hold. */
export async function silence(
  access: TableAccess,
  keys: TableKeys,
  code: string,
  untilMs: number,
  nowMs: number,
): Promise<Silences> {
  const { untilMs: all } = await changeVersioned(access, keys.silences(), NONE, (before) => ({
    ...before,
    untilMs: { ...holding(before.untilMs, nowMs), [code]: untilMs },
  }));
  return holding(all, nowMs);
}

function holding(all: Silences, nowMs: number): Silences {
  return Object.fromEntries(Object.entries(all).filter(([, untilMs]) => untilMs > nowMs));
}
