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
  | 'trigger'
  | 'venue-order'
  | 'run'
  | 'status'
  | 'standing'
  | 'universe';

export interface Keys {
  readonly environment: string;
  control(): string;
  exposure(): string;
  tally(): string;
  /** Of one symbol, or in total. */
  kpi(symbol: string | null): string;
  status(): string;
  universe(): string;
  run(epoch: number): string;
  symbol(symbol: string): string;
  standing(symbol: string): string;
  balance(venue: string, asset: string): string;
  position(symbol: string, id: string): string;
  fill(symbol: string, orderId: string): string;
  order(symbol: string, orderId: string): string;
  venueOrder(orderId: string): string;
  decision(symbol: string, id: string): string;
  trigger(symbol: string, guard: string): string;
  alert(id: string): string;
}

export function createKeys(mode: string, source: string): Keys {
  const environment = mode === source ? mode : `${mode}:${source}`;
  const key = (kind: KeyKind, ...parts: string[]) => [environment, kind, ...parts.map(part)].join('/');
  return {
    environment,
    control: () => key('control'),
    exposure: () => key('exposure'),
    tally: () => key('tally'),
    kpi: (symbol) => (symbol === null ? key('kpi') : key('kpi', symbol)),
    status: () => key('status'),
    universe: () => key('universe'),
    run: (epoch) => key('run', String(epoch)),
    symbol: (symbol) => key('symbol', symbol),
    standing: (symbol) => key('standing', symbol),
    balance: (venue, asset) => key('balance', venue, asset),
    position: (symbol, id) => key('position', symbol, id),
    fill: (symbol, orderId) => key('fill', symbol, orderId),
    order: (symbol, orderId) => key('order', symbol, orderId),
    venueOrder: (orderId) => key('venue-order', orderId),
    decision: (symbol, id) => key('decision', symbol, id),
    trigger: (symbol, guard) => key('trigger', symbol, guard),
    alert: (id) => key('alert', id),
  };
}

function part(text: string): string {
  const safe = text.replaceAll('/', '-');
  if (safe === '' || /[\s\p{Cc}]/u.test(safe)) throw new Error(`not a key part: ${JSON.stringify(text)}`);
  return safe;
}
