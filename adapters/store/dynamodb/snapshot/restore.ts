import { TwinlegError } from '#core/errors.ts';
import type { StoredState } from '#core/ports/store.ts';
import { createTableKeys, type TableKeys } from '../../keys.ts';
import type { SnapshotInfo } from '../../snapshot/format.ts';
import { restoresOf } from '../../snapshot/restore.ts';
import type { Database } from '../../sqlite/database.ts';
import { createSqliteStore } from '../../sqlite/store.ts';
import type { TableAccess } from '../access.ts';
import { numberOf, symbolItem, textOf } from '../items.ts';
import { putAll } from './batch.ts';
import { historyItems, sharedItems } from './items.ts';
import { readMarker, unfinished } from './marker.ts';
import { createSteps } from './steps.ts';

interface RestoreParts {
  readonly access: TableAccess;
  /** The snapshot as a local store. */
  readonly database: Database;
  readonly info: SnapshotInfo;
  readonly nowMs: number;
  /** How long records are kept, ms. */
  readonly keepMs: number;
}

/**
 * Makes an empty table of a snapshot. It goes on from where it was broken off; until it has ended nobody enters, and the
 * trading state stays as it is. Symbols come last: whoever finds an open pair finds all that its next step needs.
 *
 * @returns false where the table was made of that very snapshot before, and nothing has happened since
 * @throws TwinlegError `STORE_NOT_EMPTY`, `RESTORE_UNFINISHED`, `RESTORE_OVERTAKEN`, or what the table says
 */
export async function restoreTable(parts: RestoreParts): Promise<boolean> {
  const { access, database, info, nowMs, keepMs } = parts;
  const keys = createTableKeys(database.owner.mode, database.owner.source);
  const { table } = access.target;
  const state = createSqliteStore(database).load();
  const found = await readMarker(access, keys);
  if (found !== null && found.phase !== 'done' && found.sha256 !== info.sha256) throw unfinished(table, found);
  if (found?.phase === 'done' && found.sha256 === info.sha256 && (await isUntouched(access, keys, state))) return false;
  const step = createSteps(access, keys, info.sha256, found?.phase === 'done' ? nowMs : (found?.beganAtMs ?? nowMs));
  let phase = found === null || found.phase === 'done' ? null : found.phase;
  if (phase === null) {
    if (await isFull(access, keys)) throw notEmpty(access);
    await step.claim();
    phase = 'claimed';
  }
  if (phase === 'claimed') {
    // What was under way at the claim has either come before it, or never will.
    if (await isFull(access, keys)) {
      await step.giveUp();
      throw notEmpty(access);
    }
    await step.move('claimed', 'filling');
    phase = 'filling';
  }
  if (phase === 'filling') {
    await putAll(access, historyItems(database, keys, { nowMs, keepMs }));
    await step.put('filling', sharedItems(database, keys, state));
    await step.move('filling', 'symbols');
  }
  const writer = `restore-${info.sha256.slice(0, 16)}`;
  const symbols = state.symbols.toSorted((a, b) => Number(a.pair !== null) - Number(b.pair !== null));
  await step.putNew(symbols.map((each) => symbolItem(keys.symbol(each.symbol), each, writer)));
  await step.finish(state, newestEpoch(database, state), restoresOf(database) + 1);
  return true;
}

/** Whether anything was traded on the table: what was seen and refused alone does not count. */
async function isFull(access: TableAccess, keys: TableKeys): Promise<boolean> {
  const found = await Promise.all(
    (['symbol', 'position'] as const).map((kind) => access.query(keys.partition(kind), { last: 1 })),
  );
  return found.some((items) => items.length > 0);
}

/** Whether every symbol is as the snapshot has it. */
async function isUntouched(access: TableAccess, keys: TableKeys, { symbols }: StoredState): Promise<boolean> {
  const there = await access.query(keys.partition('symbol'));
  const versions = new Map(there.map((item) => [textOf(item, 'symbol'), numberOf(item, 'version')]));
  return versions.size === symbols.length && symbols.every(({ symbol, version }) => versions.get(symbol) === version);
}

/** The newest epoch that anything in the snapshot was decided under. */
function newestEpoch({ db }: Database, { symbols }: StoredState): number {
  const newest = Number(db.prepare('SELECT max(epoch) AS epoch FROM run').get()?.epoch ?? 0);
  return symbols.reduce((most, { epoch }) => Math.max(most, epoch), newest);
}

function notEmpty({ target }: TableAccess): TwinlegError {
  return new TwinlegError(
    'STORE_NOT_EMPTY',
    `something was traded on the table ${target.table} already; a snapshot is restored into an empty one alone`,
    'name a new stage with cloud.stage, or remove this one and deploy it again (npm run remove, npm run deploy)',
  );
}
