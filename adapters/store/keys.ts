/** The sort key of what there is only one of. */
const SINGLE = '-';

/**
 * The one place that makes keys: `<environment>/<kind>/<symbol>[/<id>]`. The environment is the store's mode and source, so
 * that keys of paper and live can never meet; a symbol's slash becomes a hyphen, which no coin's name contains.
 */
export type KeyKind =
  | 'control'
  | 'exposure'
  | 'tally'
  | 'kpi'
  | 'symbol'
  | 'balance'
  | 'position'
  | 'fill'
  | 'order'
  | 'decision'
  | 'alert'
  | 'notice'
  | 'send-window'
  | 'silences'
  | 'command'
  | 'commands'
  | 'trigger'
  | 'venue-order'
  | 'run'
  | 'status'
  | 'standing'
  | 'universe'
  | 'marks';

/**
 * Keys that a table alone has: its lease, the configuration that is in force, the list that is traded, how its snapshots
 * fared, the snapshot that it is made of, rows of a snapshot that only a local store has a use for, alerts that are not yet in
 * the history, and the causes of those that are.
 */
export type TableOnlyKind =
  | 'lease'
  | 'configuration'
  | 'deployment'
  | 'snapshot'
  | 'restore'
  | 'kept'
  | 'raised'
  | 'cause';

interface KeysOf<Key> {
  readonly environment: string;
  control(): Key;
  exposure(): Key;
  tally(): Key;
  /** Of one symbol, or in total. */
  kpi(symbol: string | null): Key;
  status(): Key;
  universe(): Key;
  marks(): Key;
  run(epoch: number): Key;
  symbol(symbol: string): Key;
  standing(symbol: string): Key;
  balance(venue: string, asset: string): Key;
  venueOrder(orderId: string): Key;
  trigger(symbol: string, guard: string): Key;
}

export interface Keys extends KeysOf<string> {
  position(symbol: string, id: string): string;
  fill(symbol: string, orderId: string): string;
  order(symbol: string, orderId: string): string;
  decision(symbol: string, id: string): string;
  alert(id: string): string;
  notice(id: string): string;
  /** The messages of the last minute. */
  sendWindow(): string;
  silences(): string;
  /** What an operator asked for. */
  command(id: string): string;
  /** How far commands were read, and what waits for a confirmation. */
  commands(): string;
}

/** Partition and sort key of an item. */
export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

/**
 * Keys of the single table. A kind is one partition, so that one query lists it; what happens at a time sorts by it, and
 * decisions have a partition a symbol.
 */
export interface TableKeys extends KeysOf<TableKey> {
  lease(): TableKey;
  configuration(): TableKey;
  deployment(): TableKey;
  snapshot(): TableKey;
  restore(): TableKey;
  /** A local store's row, by its table and key. */
  kept(table: string, key: string): TableKey;
  position(symbol: string, closedAtMs: number, id: string): TableKey;
  decision(symbol: string, atMs: number, id: string): TableKey;
  alert(atMs: number, id: string): TableKey;
  /** Written with what caused it, until it is taken into the history. */
  raised(atMs: number, id: string): TableKey;
  cause(fingerprint: string): TableKey;
  /** The gravest of a lane first, then the oldest. */
  notice(lane: string, severity: string, atMs: number, id: string): TableKey;
  sendWindow(): TableKey;
  silences(): TableKey;
  /** Numbers of updates sort as the updates do. */
  command(id: string): TableKey;
  commands(): TableKey;
  /** The partition of a kind. */
  partition(kind: KeyKind | TableOnlyKind, symbol?: string): string;
}

/** Whose data the table holds: the one key outside every environment. */
export const OWNER_KEY: TableKey = { pk: 'owner', sk: SINGLE };

export function createKeys(mode: string, source: string): Keys {
  const environment = environmentOf(mode, source);
  const key = (kind: KeyKind, ...parts: string[]) => [environment, kind, ...parts.map(part)].join('/');
  return {
    ...keysOf(environment, key),
    position: (symbol, id) => key('position', symbol, id),
    fill: (symbol, orderId) => key('fill', symbol, orderId),
    order: (symbol, orderId) => key('order', symbol, orderId),
    decision: (symbol, id) => key('decision', symbol, id),
    alert: (id) => key('alert', id),
    notice: (id) => key('notice', id),
    sendWindow: () => key('send-window'),
    silences: () => key('silences'),
    command: (id) => key('command', id),
    commands: () => key('commands'),
  };
}

export function createTableKeys(mode: string, source: string): TableKeys {
  const environment = environmentOf(mode, source);
  const partition = (kind: KeyKind | TableOnlyKind, ...parts: string[]) =>
    [environment, kind, ...parts.map(part)].join('/');
  const key = (kind: KeyKind | TableOnlyKind, ...parts: string[]) => ({
    pk: partition(kind),
    sk: parts.length === 0 ? SINGLE : parts.map(part).join('/'),
  });
  return {
    ...keysOf<TableKey>(environment, key),
    lease: () => key('lease'),
    configuration: () => key('configuration'),
    deployment: () => key('deployment'),
    snapshot: () => key('snapshot'),
    restore: () => key('restore'),
    kept: (table, rowKey) => key('kept', table, rowKey),
    run: (epoch) => key('run', ordered(epoch)),
    position: (symbol, closedAtMs, id) => key('position', ordered(closedAtMs), symbol, id),
    decision: (symbol, atMs, id) => ({
      pk: partition('decision', symbol),
      sk: [ordered(atMs), part(id)].join('/'),
    }),
    alert: (atMs, id) => key('alert', ordered(atMs), id),
    raised: (atMs, id) => key('raised', ordered(atMs), id),
    cause: (fingerprint) => key('cause', fingerprint),
    notice: (lane, severity, atMs, id) => ({
      pk: partition('notice', lane),
      sk: [severity, ordered(atMs), part(id)].join('/'),
    }),
    sendWindow: () => key('send-window'),
    silences: () => key('silences'),
    command: (id) => key('command', ordered(Number(id))),
    commands: () => key('commands'),
    partition: (kind, symbol) => (symbol === undefined ? partition(kind) : partition(kind, symbol)),
  };
}

/** A whole number as a text that sorts as the number does. */
export function ordered(value: number): string {
  return String(Math.trunc(value)).padStart(15, '0');
}

function keysOf<Key>(environment: string, key: (kind: KeyKind, ...parts: string[]) => Key): KeysOf<Key> {
  return {
    environment,
    control: () => key('control'),
    exposure: () => key('exposure'),
    tally: () => key('tally'),
    kpi: (symbol) => (symbol === null ? key('kpi') : key('kpi', symbol)),
    status: () => key('status'),
    universe: () => key('universe'),
    marks: () => key('marks'),
    run: (epoch) => key('run', String(epoch)),
    symbol: (symbol) => key('symbol', symbol),
    standing: (symbol) => key('standing', symbol),
    balance: (venue, asset) => key('balance', venue, asset),
    venueOrder: (orderId) => key('venue-order', orderId),
    trigger: (symbol, guard) => key('trigger', symbol, guard),
  };
}

function environmentOf(mode: string, source: string): string {
  return mode === source ? mode : `${mode}:${source}`;
}

function part(text: string): string {
  const safe = text.replaceAll('/', '-');
  if (safe === '' || /[\s\p{Cc}]/u.test(safe)) throw new Error(`not a key part: ${JSON.stringify(text)}`);
  return safe;
}
