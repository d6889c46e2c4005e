import type { DatabaseSync } from 'node:sqlite';

/** Every statement of the engine's store, prepared once. */
export function prepareStatements(db: DatabaseSync) {
  const sql = (text: string) => db.prepare(text);
  return {
    getItem: sql('SELECT version, body FROM item WHERE key = ?'),
    putItem: sql(`INSERT INTO item (key, version, body, expires_at_ms) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body, expires_at_ms = excluded.expires_at_ms`),
    getExposure: sql('SELECT * FROM exposure WHERE key = ?'),
    putExposure:
      sql(`INSERT INTO exposure (key, total_usdt, sell_upbit_usdt, sell_binance_usdt, positions) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET total_usdt = excluded.total_usdt, sell_upbit_usdt = excluded.sell_upbit_usdt,
        sell_binance_usdt = excluded.sell_binance_usdt, positions = excluded.positions`),
    allSymbols: sql('SELECT * FROM symbol_state ORDER BY symbol'),
    getSymbol: sql('SELECT * FROM symbol_state WHERE key = ?'),
    insertSymbol: sql(`INSERT INTO symbol_state
      (key, symbol, version, epoch, seq, position_key, cooldown_until_ms, stop_since_ms, losses)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO NOTHING`),
    moveSymbol: sql(`UPDATE symbol_state
      SET version = ?, epoch = ?, seq = ?, position_key = ?, cooldown_until_ms = ?, stop_since_ms = ?, losses = ?
      WHERE key = ? AND version = ? AND (? = 0 OR epoch < ? OR (epoch = ? AND seq < ?))`),
    getPosition: sql('SELECT id, body FROM position WHERE key = ?'),
    putPosition:
      sql(`INSERT INTO position (key, id, symbol, state, decided_at_ms, closed_at_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET state = excluded.state, closed_at_ms = excluded.closed_at_ms, body = excluded.body`),
    fillsOf: sql('SELECT body FROM fill WHERE position_id = ? ORDER BY rowid'),
    insertFill: sql('INSERT INTO fill (key, position_id, at_ms, body) VALUES (?, ?, ?, ?)'),
    openOrders: sql(
      `SELECT json_extract(body, '$.id') AS id FROM client_order WHERE position_id = ? AND status != 'done'`,
    ),
    putOrder: sql(`INSERT INTO client_order (key, position_id, status, body) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET status = excluded.status, body = excluded.body`),
    finishOrder: sql(
      `UPDATE client_order SET status = 'done', body = json_set(body, '$.status', 'done') WHERE key = ?`,
    ),
    getBalance: sql('SELECT quantity FROM balance WHERE key = ?'),
    allBalances: sql('SELECT * FROM balance ORDER BY key'),
    putBalance: sql(`INSERT INTO balance (key, venue, asset, quantity) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET quantity = excluded.quantity`),
    seedBalance: sql(
      `INSERT INTO balance (key, venue, asset, quantity, first_quantity, first_value_usdt) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO NOTHING`,
    ),
    insertDecision: sql(`INSERT INTO decision (key, symbol, at_ms, decision, code, body) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO NOTHING`),
    countTrigger: sql(`INSERT INTO guard_trigger (key, symbol, guard, count, last_at_ms) VALUES (?, ?, ?, 1, ?)
      ON CONFLICT (key) DO UPDATE SET count = count + 1, last_at_ms = excluded.last_at_ms`),
  };
}
