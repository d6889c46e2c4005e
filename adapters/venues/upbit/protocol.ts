import { FX_INSTRUMENT, upbitInstrument } from '#core/market/symbol.ts';
import type { VenueProtocol } from '../feed.ts';

/** Upbit takes five messages a second and a hundred a minute. */
const MESSAGE_GAP_MS = 650;
/** It drops a connection that is silent for about a minute; a text PING keeps it, and starts its own status messages. */
const KEEP_ALIVE_MS = 20_000;

/** Upbit's order books, five levels, the won rate always among them. Each request names the whole list. */
export function upbitProtocol(ticket: () => string): VenueProtocol {
  const instruments = (symbols: readonly string[]) => [FX_INSTRUMENT, ...symbols.map(upbitInstrument)];
  const request = (symbols: readonly string[]) => [
    JSON.stringify([
      { ticket: ticket() },
      // With a snapshot first: after a reconnect the quotes are there at once.
      { type: 'orderbook', codes: instruments(symbols).map((code) => `${code}.5`) },
      { format: 'DEFAULT' },
    ]),
  ];
  return {
    dialLimit: { most: 4, windowMs: 1000 },
    url: (base) => `${base}/websocket/v1`,
    greet: request,
    change: (_before, after) => request(after),
    messageGapMs: MESSAGE_GAP_MS,
    keepAlive: { text: 'PING', everyMs: KEEP_ALIVE_MS },
    classify(frame) {
      const head = frame.toString('latin1', 0, 10);
      if (head.startsWith('{"ty') || head.startsWith('[{')) return 'data';
      return head.startsWith('{"error"') ? 'error' : 'control';
    },
    instrumentOf(frame) {
      return /"(?:code|cd)":"([^"]{1,30})"/.exec(frame.toString('latin1', 0, 80))?.[1];
    },
    instruments,
  };
}
