import type { RestAnswer } from './sockets.ts';
import type { VenueName } from './venue.ts';

export const FAULT_KINDS = [
  'drop',
  'refuseDials',
  'hang',
  'silentSymbol',
  'pingsOnly',
  'malformed',
  'serverShutdown',
  'halve',
  'badFx',
  'frozenBook',
  'restDown',
  'restLimited',
  'restBanned',
  'haltSymbol',
  'volume',
  'twice',
  'clock',
  'clear',
] as const;

/** What can be done to the simulated venues; times in ms. */
export interface Fault {
  readonly kind: (typeof FAULT_KINDS)[number];
  readonly venue?: VenueName;
  /** Coin, such as `BTC`. */
  readonly symbol?: string;
  readonly durationMs?: number;
  /** How many malformed frames. */
  readonly count?: number;
  /** What a limited or banned REST says in `Retry-After`; nothing where it is left out. */
  readonly retryAfterSeconds?: number;
  /** What a coin's price of the venue is multiplied by from now on; half of it where it is left out. */
  readonly factor?: number;
  /** 24 h volume of a coin from now on, USDT. */
  readonly volumeUsdt?: number;
  /** How far the clock of its REST runs ahead from now on, ms. */
  readonly aheadMs?: number;
  /** Between the notice and the end of the connection. */
  readonly graceMs?: number;
}

/** The standing faults of one venue. */
export class VenueFaults {
  refuseUntilMs = 0;
  hangUntilMs = 0;
  pingsOnlyUntilMs = 0;
  badFx = false;
  /** Every frame is sent two times. */
  twiceUntilMs = 0;
  aheadMs = 0;
  readonly silent = new Map<string, number>();
  readonly frozen = new Map<string, number>();
  readonly factors = new Map<string, number>();
  readonly halted = new Map<string, number>();
  readonly volumes = new Map<string, number>();
  rest: { readonly status: number; readonly untilMs: number; readonly retryAfterSeconds?: number } | null = null;

  clear(): void {
    this.refuseUntilMs = this.hangUntilMs = this.pingsOnlyUntilMs = this.twiceUntilMs = this.aheadMs = 0;
    this.badFx = false;
    this.silent.clear();
    this.frozen.clear();
    this.factors.clear();
    this.halted.clear();
    this.volumes.clear();
    this.rest = null;
  }

  isSilent(coin: string, nowMs: number): boolean {
    return (this.silent.get(coin) ?? 0) > nowMs;
  }

  isFrozen(coin: string, nowMs: number): boolean {
    return (this.frozen.get(coin) ?? 0) > nowMs;
  }

  isHalted(coin: string, nowMs: number): boolean {
    return (this.halted.get(coin) ?? 0) > nowMs;
  }

  /** The refusal that the REST gives at present, whatever it is asked; null where it answers. */
  restRefusal(nowMs: number): RestAnswer | null {
    if (this.rest === null || this.rest.untilMs <= nowMs) return null;
    const { status, retryAfterSeconds } = this.rest;
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    return { status, body: { error: { name: status, message: 'refused' } }, headers };
  }

  /** How often a frame is sent. */
  times(nowMs: number): 1 | 2 {
    return this.twiceUntilMs > nowMs ? 2 : 1;
  }

  /** Whether nothing but pings goes out. */
  isMute(nowMs: number): boolean {
    return this.hangUntilMs > nowMs || this.pingsOnlyUntilMs > nowMs;
  }
}

/** Broken frames of many kinds, none of which a reader may fall over. */
export function malformedFrames(count: number): (string | Buffer)[] {
  const kinds: (string | Buffer)[] = [
    '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"6183',
    '',
    'not json at all',
    Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x7b]),
    '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":null,"B":[],"a":{},"A":"x"}}',
    '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"-5.0","B":"1.0","a":"6.0","A":"1.0"}}',
    '{"type":"orderbook","code":"KRW-BTC","orderbook_units":"none"}',
    '{"type":"orderbook","code":"KRW-BTC","timestamp":1,"orderbook_units":[{"ask_price":1e999,"bid_price":1,"ask_size":1,"bid_size":1}]}',
    '[]',
    'null',
    `{"pad":"${'x'.repeat(20_000)}"}`,
  ];
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!);
}
