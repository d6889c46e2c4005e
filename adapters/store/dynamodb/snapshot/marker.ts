import { TwinlegError } from '#core/errors.ts';
import type { TableKeys } from '../../keys.ts';
import type { TableAccess } from '../access.ts';
import { type Item, keyItem, numberOf, numeric, text, textOf } from '../items.ts';

/**
 * How far a restore has come. `claimed`: nobody may enter or change the trading state. `filling`: the table was empty
 * then; history and what symbols share are being written. `symbols`: all of that is in place, symbols follow. `done`.
 */
export type RestorePhase = 'claimed' | 'filling' | 'symbols' | 'done';

/** What a table that is being made of a snapshot says of it. */
export interface RestoreMarker {
  readonly phase: RestorePhase;
  /** Of the snapshot. */
  readonly sha256: string;
  readonly beganAtMs: number;
}

export async function readMarker(access: TableAccess, keys: TableKeys): Promise<RestoreMarker | null> {
  const item = await access.getOne(keys.restore());
  if (item === undefined) return null;
  return {
    phase: textOf(item, 'phase') as RestorePhase,
    sha256: textOf(item, 'sha256'),
    beganAtMs: numberOf(item, 'beganAtMs') ?? 0,
  };
}

export function markerItem(keys: TableKeys, { phase, sha256, beganAtMs }: RestoreMarker): Item {
  return { ...keyItem(keys.restore()), phase: text(phase), sha256: text(sha256), beganAtMs: numeric(beganAtMs) };
}

/** The condition that a restore is the one that began, and has come just so far. */
export function isAt({ phase, sha256 }: RestoreMarker) {
  return {
    ConditionExpression: 'phase = :phase AND sha256 = :sha256',
    ExpressionAttributeValues: { ':phase': text(phase), ':sha256': text(sha256) },
  };
}

export function unfinished(table: string, { sha256 }: RestoreMarker): TwinlegError {
  return new TwinlegError(
    'RESTORE_UNFINISHED',
    `the table ${table} is being restored from another snapshot, whose checksum is ${sha256}`,
    'finish that first: npx twinleg snapshot restore with that file',
  );
}

export function overtaken(table: string): TwinlegError {
  return new TwinlegError(
    'RESTORE_OVERTAKEN',
    `another process goes on with the restore of the table ${table}`,
    'let it end; where it did not, run this again',
  );
}
