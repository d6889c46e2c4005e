/** The store's file in a data directory. */
export const STORE_FILE = 'twinleg.sqlite';

/** Where a data directory keeps the snapshots of its runs. */
export const SNAPSHOTS = 'snapshots';
