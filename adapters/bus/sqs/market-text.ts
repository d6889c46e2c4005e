import { Outside } from '#core/guards/outside.ts';
import type { Market } from '#core/market/market.ts';
import { encodeTick } from './message.ts';

const NOTHING = new Outside();

/** A book alone, as a tick that nothing else is known of; `decodeTick` reads it. */
export function encodeMarket(symbol: string, market: Market, atMs: number): string {
  return encodeTick(
    { symbol, epoch: 0, seq: 0, receivedAtMs: Math.max(0, Math.floor(atMs)), market },
    { sentAtMs: atMs, configEpoch: 0, outside: NOTHING, crossingsWindowMs: 0 },
  );
}
