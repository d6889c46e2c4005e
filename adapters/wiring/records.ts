import { join } from 'node:path';
import { withExisting } from '#adapters/store/sqlite/database.ts';
import { isLocked } from '#adapters/store/sqlite/lock.ts';
import { createSqliteRecords } from '#adapters/store/sqlite/records.ts';
import type { Records } from '#core/ports/records.ts';
import { STORE_FILE } from './store-file.ts';
import type { TableConfig } from './table.ts';

/** Which store a command looks at. */
export type StorePlace =
  | { readonly kind: 'directory'; readonly dataDir: string }
  | { readonly kind: 'table'; readonly config: TableConfig };

/** Works on the records of a store that must be there, and lets go of it. */
export async function withRecords<T>(place: StorePlace, work: (records: Records) => Promise<T>): Promise<T> {
  if (place.kind === 'table') {
    // Only who asks for a table pays for the client's start.
    const { withTableRecords } = await import('./table.ts');
    return await withTableRecords(place.config, work);
  }
  return await withExisting(join(place.dataDir, STORE_FILE), (database) =>
    work(createSqliteRecords(database, () => isLocked(place.dataDir))),
  );
}
