import { createTableAccess, type TableAccess } from '#adapters/store/dynamodb/access.ts';
import { restoreInto, saveTableOf } from '#adapters/wiring/table-snapshot.ts';
import { freshTable } from './cloud-store.ts';
import type { SnapshotStore } from './contract/snapshot.ts';
import type { Emulator } from './emulators/emulators.ts';

/** Histories of tests are years old: long enough that the table does not let go of them. */
const KEEP_DAYS = 36_500;

/** An empty table whose snapshots are made and restored; `through` stands between it and who restores. */
export async function snapshotTable(emulator: Emulator) {
  const { table, open, client } = await freshTable(emulator);
  const shared = client();
  const accessOf = (own = shared): TableAccess =>
    createTableAccess(own, { table, region: emulator.env.AWS_REGION!, endpoint: emulator.url });
  const owner = { mode: 'paper', source: 'simulator' };
  const store: SnapshotStore = {
    save: (target) => saveTableOf(accessOf(), target, Date.now()),
    restore: (file) => restoreInto(accessOf(), file, owner, Date.now(), KEEP_DAYS),
    load: () => open(shared).load(),
  };
  return {
    ...store,
    table,
    client,
    open: () => open(shared),
    access: accessOf(),
    restoreBy: (own: ReturnType<typeof client>, file: string) =>
      restoreInto(accessOf(own), file, owner, Date.now(), KEEP_DAYS),
  };
}
