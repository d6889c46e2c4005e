import type { KeyKind, Keys } from '../keys.ts';
import type { Database } from './database.ts';
import type { Row } from './pair-row.ts';

type Rebuild = (keys: Keys, row: Row, kind: string) => string | null;

interface KeyedTable {
  /** What the rows are read from, where their key needs more than their own columns. */
  readonly from?: string;
  /** The key that the builder makes of the rest of a row; null where it makes none of that kind. */
  readonly rebuild: Rebuild;
}

const text = (row: Row, name: string) => String(row[name]);
const named = (row: Row) => (row.symbol === null ? null : text(row, 'symbol'));

interface Item {
  /** Whether it counts for a while only. */
  readonly expires: boolean;
  readonly rebuild: Rebuild;
}

/** Kinds that have a table of their own; all others are items. */
type TableKind =
  | 'exposure'
  | 'kpi'
  | 'symbol'
  | 'balance'
  | 'position'
  | 'fill'
  | 'order'
  | 'venue-order'
  | 'decision'
  | 'trigger'
  | 'alert'
  | 'notice'
  | 'command'
  | 'run';

/** Items by the kind that their key tells: a new kind has to say here whether it expires. */
const ITEMS: Readonly<Record<Exclude<KeyKind, TableKind>, Item>> = {
  control: { expires: false, rebuild: (keys) => keys.control() },
  tally: { expires: false, rebuild: (keys) => keys.tally() },
  universe: { expires: false, rebuild: (keys) => keys.universe() },
  marks: { expires: false, rebuild: (keys) => keys.marks() },
  'send-window': { expires: false, rebuild: (keys) => keys.sendWindow() },
  silences: { expires: false, rebuild: (keys) => keys.silences() },
  commands: { expires: false, rebuild: (keys) => keys.commands() },
  status: { expires: true, rebuild: (keys) => keys.status() },
  standing: { expires: true, rebuild: (keys, row) => keys.standing(text(row, 'symbol')) },
};

const itemOf = (kind: string): Item | undefined => (ITEMS as Readonly<Record<string, Item | undefined>>)[kind];

/** Every table with keys, and how each row's key is made again from what the row says. */
export const KEYED_TABLES: Readonly<Record<string, KeyedTable>> = {
  item: {
    from: "SELECT key, expires_at_ms, json_extract(body, '$.symbol') AS symbol FROM item",
    rebuild: (keys, row, kind) => itemOf(kind)?.rebuild(keys, row, kind) ?? null,
  },
  exposure: { rebuild: (keys) => keys.exposure() },
  kpi: { rebuild: (keys, row) => keys.kpi(named(row)) },
  symbol_state: { rebuild: (keys, row) => keys.symbol(text(row, 'symbol')) },
  balance: { rebuild: (keys, row) => keys.balance(text(row, 'venue'), text(row, 'asset')) },
  position: {
    from: 'SELECT key, symbol, id FROM position',
    rebuild: (keys, row) => keys.position(text(row, 'symbol'), text(row, 'id')),
  },
  fill: {
    from: `SELECT fill.key, position.symbol, json_extract(fill.body, '$.orderId') AS id
      FROM fill LEFT JOIN position ON position.id = fill.position_id`,
    rebuild: (keys, row) => keys.fill(text(row, 'symbol'), text(row, 'id')),
  },
  client_order: {
    from: `SELECT key, json_extract(body, '$.symbol') AS symbol, json_extract(body, '$.id') AS id FROM client_order`,
    rebuild: (keys, row) => keys.order(text(row, 'symbol'), text(row, 'id')),
  },
  venue_order: {
    from: 'SELECT key FROM venue_order',
    rebuild: (keys, row) => keys.venueOrder(text(row, 'key').split('/').at(-1) ?? ''),
  },
  decision: {
    from: "SELECT key, symbol, json_extract(body, '$.id') AS id FROM decision",
    rebuild: (keys, row) => keys.decision(text(row, 'symbol'), text(row, 'id')),
  },
  guard_trigger: { rebuild: (keys, row) => keys.trigger(text(row, 'symbol'), text(row, 'guard')) },
  alert: { from: 'SELECT key, id FROM alert', rebuild: (keys, row) => keys.alert(text(row, 'id')) },
  alert_message: { from: 'SELECT key, id FROM alert_message', rebuild: (keys, row) => keys.notice(text(row, 'id')) },
  operator_command: {
    from: 'SELECT key, id FROM operator_command',
    rebuild: (keys, row) => keys.command(text(row, 'id')),
  },
  run: { rebuild: (keys, row) => keys.run(Number(row.epoch)) },
};

export interface KeyspaceReport {
  readonly keys: number;
  /** Keys that the builder would not have made of their rows. */
  readonly foreign: readonly string[];
  /** Parts of keys that stand for two symbols. */
  readonly shared: readonly string[];
  /** Items that should expire and do not, or the other way round. */
  readonly expiry: readonly string[];
}

/** Makes every key of a store again and compares. */
export function examineKeys({ db, keys }: Database): KeyspaceReport {
  const foreign: string[] = [];
  const shared: string[] = [];
  const expiry: string[] = [];
  const symbolOf = new Map<string, string>();
  let count = 0;
  for (const [table, { from = `SELECT * FROM ${table}`, rebuild }] of Object.entries(KEYED_TABLES)) {
    for (const row of db.prepare(from).iterate()) {
      count++;
      const key = text(row, 'key');
      const [, kind = '', ...parts] = key.startsWith(`${keys.environment}/`)
        ? ['', ...key.slice(keys.environment.length + 1).split('/')]
        : [];
      if (kind === '' || made(rebuild, keys, row, kind) !== key) foreign.push(`${table} ${key}`);
      else if (typeof row.symbol === 'string' && parts[0] !== undefined) {
        const other = symbolOf.get(parts[0]) ?? row.symbol;
        if (other !== row.symbol) shared.push(`${parts[0]} of ${other} and ${row.symbol}`);
        symbolOf.set(parts[0], row.symbol);
      }
      if (table === 'item' && (row.expires_at_ms !== null) !== (itemOf(kind)?.expires ?? false)) expiry.push(key);
    }
  }
  return { keys: count, foreign, shared: [...new Set(shared)], expiry };
}

function made(rebuild: Rebuild, keys: Keys, row: Row, kind: string): string | null {
  try {
    return rebuild(keys, row, kind);
  } catch {
    return null;
  }
}
