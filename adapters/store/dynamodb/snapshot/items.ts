import type { Alert } from '#core/alerts/types.ts';
import type { DecisionRecord } from '#core/engine/state.ts';
import { FINAL_STATES } from '#core/execution/types.ts';
import { isTrade } from '#core/portfolio/trade.ts';
import type { StoredState } from '#core/ports/store.ts';
import type { TableKeys } from '../../keys.ts';
import type { Database } from '../../sqlite/database.ts';
import { BEGUN } from '../../sqlite/operator-log.ts';
import { type Row, readPairRow } from '../../sqlite/pair-row.ts';
import { body, expiry, type Item, keyItem, numeric, text } from '../items.ts';
import { tallyItem } from '../tally.ts';
import type { KeptRow } from './export.ts';
import { SINGLE_BODIES, SINGLES } from './singles.ts';

/** How long what has no end of its own is kept. */
export interface Keeping {
  readonly nowMs: number;
  readonly keepMs: number;
}

/** Rows that only a local store has a use for; a restored table keeps them, those that are history for a while. */
const KEPT: readonly { readonly table: string; readonly where: string; readonly forEver: boolean }[] = [
  { table: 'client_order', where: "status = 'done'", forEver: false },
  { table: 'alert', where: 'resolved_at_ms IS NOT NULL', forEver: false },
  { table: 'alert', where: 'resolved_at_ms IS NULL', forEver: true },
  { table: 'alert_message', where: '1', forEver: false },
];

/** What happened once and never changes: written any number of times, in any order, it comes to the same. */
export function* historyItems({ db }: Database, keys: TableKeys, { nowMs, keepMs }: Keeping): Generator<Item> {
  const rows = (sql: string) => db.prepare(sql).iterate() as Iterable<Row>;
  const fillsOf = db.prepare('SELECT body FROM fill WHERE position_id = ? ORDER BY rowid');
  for (const row of rows('SELECT * FROM position ORDER BY rowid')) {
    const pair = readPairRow(row, fillsOf.all(row.id!));
    if (!FINAL_STATES.has(pair.state)) continue;
    const atMs = pair.closedAtMs ?? pair.decidedAtMs;
    yield {
      ...keyItem(keys.position(pair.symbol, atMs, pair.id)),
      symbol: text(pair.symbol),
      state: text(pair.state),
      body: body(pair),
      ...(isTrade(pair)
        ? { closeNumber: numeric(Number(row.close_number ?? 0)) }
        : { expiresAt: expiry(atMs + keepMs) }),
    };
  }
  for (const { body: json } of rows('SELECT body FROM decision')) {
    const { symbol, atMs, id } = JSON.parse(String(json)) as DecisionRecord;
    yield { ...keyItem(keys.decision(symbol, atMs, id)), body: text(String(json)), expiresAt: expiry(atMs + keepMs) };
  }
  for (const row of rows('SELECT body, severity, resolved_at_ms, delivered_at_ms, repeats FROM alert')) {
    const { atMs, id } = JSON.parse(String(row.body)) as Alert;
    yield {
      ...keyItem(keys.alert(atMs, id)),
      body: text(String(row.body)),
      severity: text(String(row.severity)),
      repeats: numeric(Number(row.repeats)),
      ...(row.resolved_at_ms === null ? {} : { resolvedAtMs: numeric(Number(row.resolved_at_ms)) }),
      ...(row.delivered_at_ms === null ? {} : { deliveredAtMs: numeric(Number(row.delivered_at_ms)) }),
      restored: { BOOL: true },
      expiresAt: expiry(atMs + keepMs),
    };
  }
  for (const { key, body: json } of rows('SELECT key, body FROM venue_order')) {
    const orderId = String(key).split('/').at(-1) ?? '';
    const expiresAt = expiry(nowMs + keepMs);
    yield { ...keyItem(keys.venueOrder(orderId)), body: text(String(json ?? 'null')), expiresAt };
  }
  for (const { id, at_ms: at, chat, sender, text: said, outcome } of rows('SELECT * FROM operator_command')) {
    const asked = { id: String(id), atMs: Number(at), chat, sender, text: said };
    yield {
      ...keyItem(keys.command(asked.id)),
      body: body(asked),
      ...(outcome === BEGUN ? {} : { outcome: text(String(outcome)) }),
      expiresAt: expiry(asked.atMs + keepMs),
    };
  }
  for (const {
    epoch,
    started_at_ms: started,
    last_event_ms: last,
    stopped_at_ms: stopped,
    config_version: config,
  } of rows('SELECT * FROM run')) {
    yield {
      ...keyItem(keys.run(Number(epoch))),
      startedAtMs: numeric(Number(started)),
      lastEventMs: numeric(Number(last)),
      ...(stopped === null ? {} : { stoppedAtMs: numeric(Number(stopped)) }),
      configVersion: text(String(config)),
    };
  }
  for (const { table, where, forEver } of KEPT) {
    for (const row of rows(`SELECT * FROM ${table} WHERE ${where}`)) {
      const kept: KeptRow = { table, row: row as KeptRow['row'] };
      const expiresAt = forEver ? {} : { expiresAt: expiry(nowMs + keepMs) };
      yield { ...keyItem(keys.kept(table, String(row.key))), body: body(kept), ...expiresAt };
    }
  }
}

/** What symbols share, but for the trading state: in place before the first symbol is. */
export function sharedItems(
  { db, keys: localKeys }: Database,
  keys: TableKeys,
  { exposure, tally, balances, firstBalances }: StoredState,
): Item[] {
  const items: Item[] = [
    {
      ...keyItem(keys.exposure()),
      totalUsdt: numeric(exposure.totalUsdt),
      sellUpbitUsdt: numeric(exposure.byDirection.SELL_UPBIT),
      sellBinanceUsdt: numeric(exposure.byDirection.SELL_BINANCE),
      positions: numeric(exposure.positions),
    },
    tallyItem(keys.tally(), tally),
  ];
  for (const [name, quantity] of Object.entries(balances)) {
    const [venue = '', asset = ''] = name.split(':');
    const first = firstBalances[name];
    items.push({
      ...keyItem(keys.balance(venue, asset)),
      venue: text(venue),
      asset: text(asset),
      quantity: numeric(quantity),
      ...(first === undefined ? {} : { first: text(first.quantity) }),
      ...(first === undefined || first.valueUsdt === null ? {} : { firstValueUsdt: text(first.valueUsdt) }),
    });
  }
  for (const { symbol, guard, count, last_at_ms: last } of db.prepare('SELECT * FROM guard_trigger').all()) {
    items.push({
      ...keyItem(keys.trigger(String(symbol), String(guard))),
      symbol: text(String(symbol)),
      guard: text(String(guard)),
      triggered: numeric(Number(count)),
      lastAtMs: numeric(Number(last)),
    });
  }
  const get = db.prepare('SELECT version, body FROM item WHERE key = ?');
  for (const kind of SINGLES) {
    const row = get.get(localKeys[kind]());
    if (row === undefined) continue;
    const version = Number(row.version);
    const told = SINGLE_BODIES[kind]?.toTable(JSON.parse(String(row.body)), version);
    const json = told === undefined ? text(String(row.body)) : body(told);
    items.push({ ...keyItem(keys[kind]()), version: numeric(version), body: json });
  }
  return items;
}
