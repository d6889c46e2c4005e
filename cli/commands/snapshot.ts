import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { noteFailedRestore } from '#adapters/store/snapshot/failures.ts';
import type { ListedSnapshot, SnapshotInfo } from '#adapters/store/snapshot/format.ts';
import { restoreSnapshot, verifySnapshot } from '#adapters/store/snapshot/restore.ts';
import { saveSnapshot } from '#adapters/store/snapshot/save.ts';
import { listDirectory } from '#adapters/store/snapshot/schedule.ts';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import type { StorePlace } from '#adapters/wiring/records.ts';
import { listStage, withSnapshotFile } from '#adapters/wiring/snapshot-files.ts';
import { sourceOf } from '#adapters/wiring/start-venues.ts';
import { SNAPSHOTS, STORE_FILE } from '#adapters/wiring/store-file.ts';
import { TwinlegError } from '#core/errors.ts';
import { type Command, EXIT } from '../command.ts';
import { type Context, usageError } from '../context.ts';
import { moment } from '../format.ts';

const ACTIONS = ['save', 'restore', 'verify', 'list'];

export const command: Command = {
  name: 'snapshot',
  summary: 'save the whole store into a file, restore an empty one from it, verify that one could be, list those kept',
  arguments: [
    { name: '<action>', about: ACTIONS.join(', '), choices: ACTIONS },
    { name: '[file]', about: 'the snapshot; one in a bucket is s3://BUCKET/NAME, as list tells it' },
  ],
  options: [{ flags: '--force', about: 'save over a file that is there' }],
  async run(context) {
    const [action, file = ''] = context.args;
    if (action === 'list') return await list(context);
    if (file === '') throw usageError(`snapshot ${action} needs a file`, `npx twinleg snapshot ${action} FILE`);
    if (action === 'verify') return await verify(context, file);
    const place = context.storePlace();
    const info = action === 'save' ? await save(context, place, file) : await restore(context, place, file);
    const done = action === 'save' ? 'saved' : `restored into ${named(place)}`;
    context.out.result(info, ({ symbols, rows, bytes, atMs, version }) => {
      return `${file} ${done}: ${symbols} symbols, ${rows} rows, ${bytes} bytes, version ${version}, of ${moment(atMs)}`;
    });
    return undefined;
  },
};

async function list(context: Context): Promise<undefined> {
  const place = context.storePlace();
  const found: readonly ListedSnapshot[] =
    place.kind === 'table' ? await listStage(place.config) : listDirectory(join(place.dataDir, SNAPSHOTS));
  context.out.result(found, (all) => {
    if (all.length === 0) return `no snapshot is kept of ${named(place)}`;
    return all
      .map(({ file, bytes, atMs }) => `${moment(atMs)}  ${String(bytes).padStart(10)} bytes  ${file}`)
      .join('\n');
  });
  return undefined;
}

async function save(context: Context, place: StorePlace, file: string): Promise<SnapshotInfo> {
  if (existsSync(file) && !context.option('force')) {
    throw usageError(`${file} is there already, and may be the only copy`, 'name another file, or add --force');
  }
  if (place.kind === 'table') {
    const { saveTable } = await import('#adapters/wiring/table-snapshot.ts');
    return await saveTable(place.config, file, Date.now());
  }
  const store = join(place.dataDir, STORE_FILE);
  // An older store is brought to this program's schema first, and one that is none is refused.
  openExisting(store).close();
  return saveSnapshot(store, file, Date.now());
}

async function restore(context: Context, place: StorePlace, file: string): Promise<SnapshotInfo> {
  return await withSnapshotFile(file, regionOf(context), async (local) => {
    if (place.kind === 'table') {
      const { restoreIntoTable } = await import('#adapters/wiring/table-snapshot.ts');
      return await restoreIntoTable(place.config, local, expected(context), Date.now());
    }
    try {
      return restoreSnapshot(local, place.dataDir, STORE_FILE, expected(context));
    } catch (error) {
      if (error instanceof TwinlegError) {
        noteFailedRestore(place.dataDir, { atMs: Date.now(), file, code: error.code });
      }
      throw error;
    }
  });
}

/** Exit code 3 where it could not be restored, or does not add up; a file that is not there is a failure of its own. */
async function verify(context: Context, file: string): Promise<number> {
  try {
    const found = await withSnapshotFile(file, regionOf(context), verifySnapshot);
    context.out.result({ ...found, ok: true, reason: null }, ({ symbols, rows, version }) => {
      return `${file} can be restored, and adds up: ${symbols} symbols, ${rows} rows, version ${version}`;
    });
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof TwinlegError) || !isVerdict(error)) throw error;
    const { code, message, remedy } = error;
    const empty = { version: null, symbols: null, sha256: null };
    context.out.result({ file, ...empty, ok: false, code, reason: message }, () => `${message}\n  → ${remedy}`);
    return EXIT.no;
  }
}

const isVerdict = ({ code }: TwinlegError) => ['SNAPSHOT_CORRUPT', 'SNAPSHOT_NEWER', 'SNAPSHOT_UNSOUND'].includes(code);

const regionOf = (context: Context) => () => context.config().config.cloud.region;

const named = (place: StorePlace) => (place.kind === 'table' ? `stage ${place.config.cloud.stage}` : place.dataDir);

/** Whose snapshot the operator asks for: what was set, not what happens to be the default. */
function expected(context: Context): { mode?: string; source?: string } {
  const { config, origins } = context.config();
  const isSet = (path: string) => (origins.get(path) ?? 'default') !== 'default';
  if (config.mode === 'live') return { mode: 'live', source: `live:${config.live.confirm}` };
  return {
    ...(isSet('mode') ? { mode: config.mode } : {}),
    ...(isSet('venues.source') ? { source: sourceOf(config.venues.source) } : {}),
  };
}
