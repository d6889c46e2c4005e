/** The store's file in a data directory. */
export const STORE_FILE = 'twinleg.sqlite';
