/**
 * Migrations in order; the store's version is how many of them it has seen (`PRAGMA user_version`). Never change one that
 * was released: add another.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE item (
    key TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    expires_at_ms INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE exposure (
    key TEXT PRIMARY KEY,
    total_usdt TEXT NOT NULL,
    sell_upbit_usdt TEXT NOT NULL,
    sell_binance_usdt TEXT NOT NULL,
    positions INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE symbol_state (
    key TEXT PRIMARY KEY,
    symbol TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    position_key TEXT,
    cooldown_until_ms INTEGER,
    stop_since_ms INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE balance (key TEXT PRIMARY KEY, venue TEXT NOT NULL, asset TEXT NOT NULL, quantity TEXT NOT NULL)
    STRICT, WITHOUT ROWID;

  CREATE TABLE position (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    symbol TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX position_closed ON position (closed_at_ms);

  CREATE TABLE fill (
    key TEXT PRIMARY KEY,
    position_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX fill_position ON fill (position_id);

  CREATE TABLE client_order (key TEXT PRIMARY KEY, position_id TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX client_order_position ON client_order (position_id);

  CREATE TABLE venue_order (key TEXT PRIMARY KEY, body TEXT) STRICT, WITHOUT ROWID;

  CREATE TABLE decision (
    key TEXT PRIMARY KEY,
    symbol TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    decision TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX decision_symbol ON decision (symbol, at_ms);

  CREATE TABLE guard_trigger (
    key TEXT PRIMARY KEY,
    symbol TEXT NOT NULL,
    guard TEXT NOT NULL,
    count INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE alert (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE run (
    key TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL UNIQUE,
    started_at_ms INTEGER NOT NULL,
    last_event_ms INTEGER NOT NULL,
    stopped_at_ms INTEGER,
    config_version TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Guards: what each symbol lost, and the holds beside the operator's word.
  `
  ALTER TABLE symbol_state ADD COLUMN losses TEXT NOT NULL
    DEFAULT '{"day":0,"dayPnlUsdt":"0","inARow":0,"pausedUntilMs":null}';
  UPDATE item SET body = json_set(body,
    '$.operator', json_object('tradingState', json_extract(body, '$.tradingState'), 'reason', json_extract(body, '$.reason')),
    '$.holding', json('[]')) WHERE key LIKE '%/control';
  `,
  // Figures kept with every close; decided prices and seen edges, unknown of what was filled before.
  `
  CREATE TABLE kpi (key TEXT PRIMARY KEY, symbol TEXT, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
  ALTER TABLE position ADD COLUMN close_number INTEGER;
  CREATE INDEX position_close_number ON position (close_number);
  UPDATE fill SET body = json_set(body, '$.decidedPrice', json_extract(body, '$.price'));
  UPDATE position SET body = json_set(body, '$.seenEdgeUsdt', 0, '$.pending', (
    SELECT json_group_array(json_set(value, '$.decidedPrice', json_extract(value, '$.limitPrice')))
    FROM json_each(body, '$.pending')));
  `,
  // What each holding was at first, so that it can be told from the fills what it has to be; unknown for older ones.
  `
  ALTER TABLE balance ADD COLUMN first_quantity TEXT;
  `,
  // What each holding was worth at first, unknown for older ones; the return on it counts the same PnL.
  `
  ALTER TABLE balance ADD COLUMN first_value_usdt TEXT;
  UPDATE kpi SET body = json_set(body, '$.returnOnCapital', json_extract(body, '$.pnlUsdt'));
  `,
  // Alerts: one for each cause, with the queue of what is to be told; those from before are over.
  `
  ALTER TABLE alert ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
  ALTER TABLE alert ADD COLUMN severity TEXT NOT NULL DEFAULT 'P2';
  ALTER TABLE alert ADD COLUMN resolved_at_ms INTEGER;
  ALTER TABLE alert ADD COLUMN delivered_at_ms INTEGER;
  ALTER TABLE alert ADD COLUMN last_at_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alert ADD COLUMN told_at_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alert ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alert ADD COLUMN run TEXT;
  UPDATE alert SET fingerprint = id, severity = json_extract(body, '$.severity'), resolved_at_ms = at_ms, last_at_ms = at_ms;
  CREATE INDEX alert_fingerprint ON alert (fingerprint, at_ms);
  CREATE UNIQUE INDEX alert_open ON alert (fingerprint) WHERE resolved_at_ms IS NULL;
  CREATE INDEX alert_at ON alert (at_ms);

  CREATE TABLE alert_message (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    alert_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt TEXT,
    claimed_at_ms INTEGER,
    ended_at_ms INTEGER,
    unsure INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX alert_message_waiting ON alert_message (state, severity, at_ms);
  CREATE INDEX alert_message_attempt ON alert_message (attempt);
  CREATE INDEX alert_message_at ON alert_message (at_ms);

  CREATE TABLE operator_command (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    chat TEXT NOT NULL,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    outcome TEXT NOT NULL
  ) STRICT;
  CREATE INDEX operator_command_at ON operator_command (at_ms);
  `,
];

/** Every table of the newest schema: what a snapshot holds, each before those that speak of it. A test keeps the list whole. */
export const TABLES = [
  'meta',
  'item',
  'exposure',
  'symbol_state',
  'balance',
  'position',
  'fill',
  'client_order',
  'venue_order',
  'decision',
  'guard_trigger',
  'alert',
  'alert_message',
  'operator_command',
  'run',
  'kpi',
] as const;
