import type { Fill } from '#core/execution/types.ts';
import { type KeyKind, OWNER_KEY, type TableKey, type TableKeys, type TableOnlyKind } from '../keys.ts';
import { nameOfKey } from './access.ts';
import { laneOf, type StoredNotice } from './alerts/making.ts';
import { type Item, numberOf } from './items.ts';

interface Kind {
  /** Whether DynamoDB removes it some time: always, never, or as what it holds says. */
  readonly expires: boolean | 'some';
  /** The key that the builder makes of what the item says. */
  rebuild(keys: TableKeys, item: Item, sk: readonly string[]): TableKey;
}

const word = (item: Item, name: string): string => item[name]?.S ?? '';
const parsed = (item: Item): { readonly [name: string]: unknown } => JSON.parse(word(item, 'body')) ?? {};
const symbolIn = (item: Item): string => String(parsed(item).symbol);

/** Kinds that only a local store has. */
type LocalKind = 'fill' | 'order';

/** Every kind of item: a new one has to say here how its key is made and whether it expires. */
const KINDS: Readonly<Record<Exclude<KeyKind, LocalKind> | TableOnlyKind, Kind>> = {
  symbol: { expires: false, rebuild: (keys, item) => keys.symbol(symbolIn(item)) },
  control: { expires: false, rebuild: (keys) => keys.control() },
  exposure: { expires: false, rebuild: (keys) => keys.exposure() },
  tally: { expires: false, rebuild: (keys) => keys.tally() },
  balance: { expires: false, rebuild: (keys, item) => keys.balance(word(item, 'venue'), word(item, 'asset')) },
  position: {
    expires: 'some',
    rebuild(keys, item) {
      const { symbol, closedAtMs, decidedAtMs, id } = parsed(item) as unknown as PositionBody;
      return keys.position(symbol, closedAtMs ?? decidedAtMs, id);
    },
  },
  decision: {
    expires: true,
    rebuild(keys, item) {
      const { symbol, atMs, id } = parsed(item);
      return keys.decision(String(symbol), Number(atMs), String(id));
    },
  },
  // An alert that is open stays.
  alert: {
    expires: 'some',
    rebuild(keys, item) {
      const { atMs, id } = parsed(item);
      return keys.alert(Number(atMs), String(id));
    },
  },
  raised: {
    expires: true,
    rebuild(keys, item) {
      const { atMs, id } = parsed(item);
      return keys.raised(Number(atMs), String(id));
    },
  },
  cause: { expires: 'some', rebuild: (keys, _item, [fingerprint = '']) => keys.cause(fingerprint) },
  notice: {
    expires: false,
    rebuild(keys, item) {
      const { alert, atMs, id } = parsed(item) as unknown as StoredNotice;
      return keys.notice(laneOf(alert.severity), alert.severity, atMs, id);
    },
  },
  'send-window': { expires: false, rebuild: (keys) => keys.sendWindow() },
  silences: { expires: false, rebuild: (keys) => keys.silences() },
  command: { expires: true, rebuild: (keys, item) => keys.command(String(parsed(item).id)) },
  commands: { expires: false, rebuild: (keys) => keys.commands() },
  trigger: { expires: false, rebuild: (keys, item) => keys.trigger(word(item, 'symbol'), word(item, 'guard')) },
  'venue-order': { expires: true, rebuild: (keys, _item, [id = '']) => keys.venueOrder(id) },
  configuration: { expires: false, rebuild: (keys) => keys.configuration() },
  deployment: { expires: false, rebuild: (keys) => keys.deployment() },
  snapshot: { expires: false, rebuild: (keys) => keys.snapshot() },
  restore: { expires: false, rebuild: (keys) => keys.restore() },
  kept: { expires: 'some', rebuild: (keys, _item, [table = '', ...row]) => keys.kept(table, row.join('-')) },
  lease: { expires: false, rebuild: (keys) => keys.lease() },
  run: { expires: false, rebuild: (keys, _item, [epoch = '']) => keys.run(Number(epoch)) },
  universe: { expires: false, rebuild: (keys) => keys.universe() },
  marks: { expires: false, rebuild: (keys) => keys.marks() },
  kpi: { expires: false, rebuild: (keys) => keys.kpi(null) },
  status: { expires: true, rebuild: (keys) => keys.status() },
  standing: { expires: true, rebuild: (keys, item) => keys.standing(symbolIn(item)) },
};

interface PositionBody {
  readonly symbol: string;
  readonly closedAtMs: number | null;
  readonly decidedAtMs: number;
  readonly id: string;
  readonly fills: readonly Fill[];
}

export interface TableKeyspace {
  /** Keys that the builder would not have made of their items, and kinds that nobody knows. */
  readonly foreign: readonly string[];
  /** Parts of keys that stand for two symbols. */
  readonly shared: readonly string[];
  /** Items that should expire and do not, or the other way round. */
  readonly expiry: readonly string[];
}

/** The kind of an item of this environment; null for any other. */
export function kindOf(pk: string, environment: string): string | null {
  return pk.startsWith(`${environment}/`) ? (pk.slice(environment.length + 1).split('/')[0] ?? null) : null;
}

/** Makes the key of every item again and compares. */
export function examineTableKeys(items: readonly Item[], keys: TableKeys): TableKeyspace {
  const foreign: string[] = [];
  const shared = new Set<string>();
  const expiry: string[] = [];
  const symbolOf = new Map<string, string>();
  for (const item of items) {
    const key = { pk: word(item, 'pk'), sk: word(item, 'sk') };
    if (nameOfKey(key) === nameOfKey(OWNER_KEY)) continue;
    const kind = kindOf(key.pk, keys.environment);
    const known = kind === null ? undefined : (KINDS as Readonly<Record<string, Kind | undefined>>)[kind];
    if (known === undefined || !isMade(known, keys, item, key)) {
      foreign.push(nameOfKey(key));
      continue;
    }
    if (known.expires !== 'some' && (numberOf(item, 'expiresAt') !== undefined) !== known.expires)
      expiry.push(nameOfKey(key));
    const symbol = kind === 'symbol' || kind === 'standing' ? symbolIn(item) : null;
    if (symbol === null) continue;
    const other = symbolOf.get(key.sk) ?? symbol;
    if (other !== symbol) shared.add(`${key.sk} of ${other} and ${symbol}`);
    symbolOf.set(key.sk, symbol);
  }
  return { foreign, shared: [...shared], expiry };
}

function isMade(kind: Kind, keys: TableKeys, item: Item, key: TableKey): boolean {
  try {
    return nameOfKey(kind.rebuild(keys, item, key.sk.split('/'))) === nameOfKey(key);
  } catch {
    return false;
  }
}
