import type { SQLInputValue } from 'node:sqlite';
import type { DecisionRecord } from '#core/engine/state.ts';
import { FINAL_STATES, type Pair } from '#core/execution/types.ts';
import type { AskedCommand } from '#core/ports/operator.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { Database } from '../../sqlite/database.ts';
import { BEGUN } from '../../sqlite/operator-log.ts';
import { bodyOf, type Item, numberOf, textOf } from '../items.ts';
import { SINGLE_BODIES, type Single } from './singles.ts';

export type Row = Readonly<Record<string, SQLInputValue>>;
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

export function insertDecision({ keys }: Database, insert: Insert, item: Item): void {
  const record = bodyOf<DecisionRecord>(item);
  insert('decision', {
    key: keys.decision(record.symbol, record.id),
    symbol: record.symbol,
    at_ms: record.atMs,
    decision: record.decision,
    code: record.code,
    body: JSON.stringify(record),
  });
}

export function insertTrigger({ keys }: Database, insert: Insert, item: Item): void {
  const [symbol, guard] = [textOf(item, 'symbol'), textOf(item, 'guard')];
  insert('guard_trigger', {
    key: keys.trigger(symbol, guard),
    symbol,
    guard,
    count: numberOf(item, 'triggered') ?? 0,
    last_at_ms: numberOf(item, 'lastAtMs') ?? 0,
  });
}

export function insertVenueOrder({ keys }: Database, insert: Insert, item: Item): void {
  const execution = bodyOf<unknown>(item);
  insert('venue_order', {
    key: keys.venueOrder(textOf(item, 'sk')),
    body: execution === null ? null : JSON.stringify(execution),
  });
}

export function insertRun({ keys }: Database, insert: Insert, item: Item): void {
  const epoch = Number(textOf(item, 'sk'));
  insert('run', {
    key: keys.run(epoch),
    epoch,
    started_at_ms: numberOf(item, 'startedAtMs') ?? 0,
    last_event_ms: numberOf(item, 'lastEventMs') ?? 0,
    stopped_at_ms: numberOf(item, 'stoppedAtMs') ?? null,
    config_version: textOf(item, 'configVersion'),
  });
}

export function insertCommand({ keys }: Database, insert: Insert, item: Item): void {
  const { id, atMs, chat, sender, text } = bodyOf<AskedCommand>(item);
  insert('operator_command', {
    key: keys.command(id),
    id,
    at_ms: atMs,
    chat,
    sender,
    text,
    outcome: item.outcome?.S ?? BEGUN,
  });
}

/** An item of which there is one, with the version that it has. */
export function insertSingle({ keys }: Database, insert: Insert, kind: Single, item: Item): void {
  const stored = bodyOf<object>(item);
  const body = JSON.stringify(SINGLE_BODIES[kind]?.toLocal(stored) ?? stored);
  insert('item', { key: keys[kind](), version: numberOf(item, 'version') ?? 1, body, expires_at_ms: null });
}
