import type { SQLInputValue } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { FINAL_STATES, type Pair } from '#core/execution/types.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { Database } from './database.ts';

type Row = Readonly<Record<string, SQLInputValue>>;
export type Insert = (table: string, row: Row) => void;

/** Inserts into any table of a store, each column by its name; a row that is there stays. */
export function createInsert({ db }: Database): Insert {
  const prepared = new Map<string, ReturnType<typeof db.prepare>>();
  return (table, row) => {
    const columns = Object.keys(row);
    const name = `${table} ${columns.join()}`;
    let statement = prepared.get(name);
    if (statement === undefined) {
      const places = columns.map(() => '?').join(', ');
      statement = db.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
      prepared.set(name, statement);
    }
    statement.run(...Object.values(row));
  };
}

/** The state as a local store has it. */
export function insertState({ keys }: Database, insert: Insert, state: StoredState): void {
  const { control, symbols, exposure, tally, balances, firstBalances } = state;
  const { version, ...body } = control;
  const item = (key: string, itemVersion: number, value: unknown) =>
    insert('item', { key, version: itemVersion, body: JSON.stringify(value), expires_at_ms: null });
  if (version > 0) item(keys.control(), version, body);
  if (tally.entriesAtMs.length > 0 || tally.day > 0) item(keys.tally(), 0, tally);
  if (symbols.length > 0) {
    insert('exposure', {
      key: keys.exposure(),
      total_usdt: exposure.totalUsdt,
      sell_upbit_usdt: exposure.byDirection.SELL_UPBIT,
      sell_binance_usdt: exposure.byDirection.SELL_BINANCE,
      positions: exposure.positions,
    });
  }
  for (const { symbol, version: symbolVersion, epoch, seq, pair, ...rest } of symbols) {
    if (pair !== null) insertPair(keys, insert, pair, null);
    insert('symbol_state', {
      key: keys.symbol(symbol),
      symbol,
      version: symbolVersion,
      epoch,
      seq,
      position_key: pair === null ? null : keys.position(symbol, pair.id),
      cooldown_until_ms: rest.cooldownUntilMs,
      stop_since_ms: rest.stopSinceMs,
      losses: JSON.stringify(rest.losses),
    });
  }
  for (const [name, quantity] of Object.entries(balances)) {
    const [venue = '', asset = ''] = name.split(':');
    const first = firstBalances[name];
    insert('balance', {
      key: keys.balance(venue, asset),
      venue,
      asset,
      quantity,
      first_quantity: first?.quantity ?? null,
      first_value_usdt: first?.valueUsdt ?? null,
    });
  }
}

/** @param closeNumber in the order in which figures counted it; null where it is not known or not counted */
export function insertPair(keys: Database['keys'], insert: Insert, pair: Pair, closeNumber: number | null): void {
  const { fills, ...body } = pair;
  const { id, symbol } = pair;
  insert('position', {
    key: keys.position(symbol, id),
    id,
    symbol,
    state: pair.state,
    decided_at_ms: pair.decidedAtMs,
    closed_at_ms: pair.closedAtMs,
    body: JSON.stringify(body),
    close_number: closeNumber,
  });
  for (const fill of fills) {
    const key = keys.fill(symbol, fill.orderId);
    insert('fill', { key, position_id: id, at_ms: fill.atMs, body: JSON.stringify(fill) });
  }
  if (FINAL_STATES.has(pair.state)) return;
  for (const order of pair.pending) {
    const key = keys.order(symbol, order.id);
    insert('client_order', { key, position_id: id, status: order.status, body: JSON.stringify(order) });
  }
}

/** Writes a whole state into an empty store: the starting state of a recording, for its replay. */
export function importState(database: Database, state: StoredState): void {
  database.transaction(() => insertState(database, createInsert(database), state));
}

/** Names the parts in which two states differ; empty where they are equal by value. */
export function differingParts(a: StoredState, b: StoredState): string[] {
  const parts: string[] = [];
  if (!isDeepStrictEqual(a.control, b.control)) parts.push('control');
  if (!isDeepStrictEqual(a.exposure, b.exposure)) parts.push('exposure');
  if (!isDeepStrictEqual(a.tally, b.tally)) parts.push('tally');
  for (const name of new Set([...Object.keys(a.balances), ...Object.keys(b.balances)])) {
    if (a.balances[name] !== b.balances[name]) parts.push(`balance ${name}`);
  }
  const bySymbol = (state: StoredState) => new Map(state.symbols.map((each) => [each.symbol, each]));
  const [inA, inB] = [bySymbol(a), bySymbol(b)];
  for (const symbol of new Set([...inA.keys(), ...inB.keys()])) {
    if (!isDeepStrictEqual(inA.get(symbol), inB.get(symbol))) parts.push(`symbol ${symbol}`);
  }
  return parts;
}
