import type { Pair } from '#core/execution/types.ts';
import { closedTrade } from '#core/kpi/closed-trade.ts';
import { addTrade, KpiBook, type KpiStates, type NamedStates, namedStates, statesOf } from '#core/kpi/index.ts';
import type { ClosedTrade } from '#core/kpi/types.ts';
import type { Database } from './database.ts';
import { type Row, readPairRow } from './pair-row.ts';

/** The figures as they are stored: one row for the total and one a symbol, each brought up to date with every close. */
export interface KpiTable {
  /** Counts a position that has just been written as ended; within its own transaction. */
  add(pair: Pair): void;
  /** Makes the stored figures anew from the closed positions. */
  rebuild(): void;
  /** The stored figures; made from the closed positions where none are stored yet. */
  book(): KpiBook;
  /** The same from the closed positions alone, in the order in which they were counted. */
  recomputed(): KpiBook;
}

export function createKpiTable({ db, keys }: Pick<Database, 'db' | 'keys'>): KpiTable {
  const get = db.prepare('SELECT body FROM kpi WHERE key = ?');
  const all = db.prepare('SELECT symbol, body FROM kpi WHERE symbol IS NOT NULL ORDER BY symbol');
  const put = db.prepare(`INSERT INTO kpi (key, symbol, body) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET body = excluded.body`);
  const number = db.prepare(
    'UPDATE position SET close_number = (SELECT ifnull(max(close_number), 0) + 1 FROM position) WHERE key = ?',
  );
  const closed = db.prepare(`SELECT id, body FROM position WHERE state IN ('CLOSED', 'UNWOUND')
    ORDER BY ifnull(close_number, 0), closed_at_ms, rowid`);
  const fillsOf = db.prepare('SELECT body FROM fill WHERE position_id = ? ORDER BY rowid');

  const named = (row: Row | undefined): NamedStates | null => (row === undefined ? null : JSON.parse(String(row.body)));
  const write = (symbol: string | null, states: Readonly<KpiStates>) =>
    put.run(keys.kpi(symbol), symbol, JSON.stringify(namedStates(states)));

  function count(symbol: string | null, stored: NamedStates, trade: ClosedTrade): void {
    const states = statesOf(stored);
    addTrade(states, trade);
    write(symbol, states);
  }

  function recomputed(): KpiBook {
    const book = new KpiBook();
    for (const row of closed.iterate()) {
      const pair = readPairRow(row, fillsOf.all(String(row.id)));
      book.add(pair.symbol, closedTrade(pair));
    }
    return book;
  }

  function rebuild(): void {
    const book = recomputed();
    write(null, book.totalStates);
    for (const [symbol, states] of book.symbolStates) write(symbol, states);
  }

  return {
    recomputed,
    rebuild,
    add(pair) {
      number.run(keys.position(pair.symbol, pair.id));
      const total = named(get.get(keys.kpi(null)));
      if (total === null) {
        rebuild();
        return;
      }
      const trade = closedTrade(pair);
      count(null, total, trade);
      count(pair.symbol, named(get.get(keys.kpi(pair.symbol))) ?? {}, trade);
    },
    book() {
      const total = named(get.get(keys.kpi(null)));
      if (total === null) return recomputed();
      const book = new KpiBook();
      book.restore(
        total,
        all.all().map((row) => [String(row.symbol), JSON.parse(String(row.body))]),
      );
      return book;
    },
  };
}
