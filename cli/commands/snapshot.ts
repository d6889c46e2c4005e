import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { noteFailedRestore } from '#adapters/store/snapshot/failures.ts';
import { restoreSnapshot, verifySnapshot } from '#adapters/store/snapshot/restore.ts';
import { saveSnapshot } from '#adapters/store/snapshot/save.ts';
import { openExisting } from '#adapters/store/sqlite/database.ts';
import { sourceOf } from '#adapters/wiring/start-venues.ts';
import { STORE_FILE } from '#adapters/wiring/store-file.ts';
import { TwinlegError } from '#core/errors.ts';
import { type Command, EXIT } from '../command.ts';
import { type Context, usageError } from '../context.ts';
import { moment } from '../format.ts';

export const command: Command = {
  name: 'snapshot',
  summary: 'save the whole store into a file, restore an empty one from it, or verify that one could be',
  arguments: [
    { name: '<action>', about: 'save, restore or verify', choices: ['save', 'restore', 'verify'] },
    { name: '<file>', about: 'the snapshot' },
  ],
  options: [{ flags: '--force', about: 'save over a file that is there' }],
  run(context) {
    const [action, file = ''] = context.args;
    if (action === 'verify') return verify(context, file);
    const info = action === 'save' ? save(context, file) : restore(context, file);
    const done = action === 'save' ? 'saved' : `restored into ${context.common.data}`;
    context.out.result(info, ({ symbols, rows, bytes, atMs, version }) => {
      return `${file} ${done}: ${symbols} symbols, ${rows} rows, ${bytes} bytes, version ${version}, of ${moment(atMs)}`;
    });
    return undefined;
  },
};

function restore(context: Context, file: string) {
  const data = context.directory();
  try {
    return restoreSnapshot(file, data, STORE_FILE, expected(context));
  } catch (error) {
    if (error instanceof TwinlegError) noteFailedRestore(data, { atMs: Date.now(), file, code: error.code });
    throw error;
  }
}

function save(context: Context, file: string) {
  const store = join(context.directory(), STORE_FILE);
  if (existsSync(file) && !context.option('force')) {
    throw usageError(`${file} is there already, and may be the only copy`, 'name another file, or add --force');
  }
  // An older store is brought to this program's schema first, and one that is none is refused.
  openExisting(store).close();
  return saveSnapshot(store, file, Date.now());
}

/** Exit code 3 where it could not be restored; a file that is not there is a failure of its own. */
function verify(context: Context, file: string): number {
  try {
    const info = { ...verifySnapshot(file), ok: true, reason: null };
    context.out.result(info, ({ symbols, rows, version }) => {
      return `${file} can be restored: ${symbols} symbols, ${rows} rows, version ${version}`;
    });
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof TwinlegError) || error.code === 'SNAPSHOT_MISSING') throw error;
    const { code, message, remedy } = error;
    const empty = { version: null, symbols: null, sha256: null };
    context.out.result({ file, ...empty, ok: false, code, reason: message }, () => `${message}\n  → ${remedy}`);
    return EXIT.no;
  }
}

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
