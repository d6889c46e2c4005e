import { binanceInstrument } from '#core/market/symbol.ts';
import type { FeedOptions, VenueProtocol } from '../feed.ts';

/** So many streams travel in the address, which is the quickest way to the first quote; the rest by SUBSCRIBE. */
const STREAMS_IN_URL = 100;
const STREAMS_A_MESSAGE = 200;
/** Binance takes five messages a second, pings included. */
const MESSAGE_GAP_MS = 350;

/** Binance's combined stream. */
export function binanceProtocol({ stream }: Pick<FeedOptions, 'stream'>): VenueProtocol {
  const suffix = stream === 'bookTicker' ? '@bookTicker' : '@depth5@100ms';
  const streamOf = (symbol: string) => binanceInstrument(symbol).toLowerCase() + suffix;
  let nextId = 1;
  const control = (method: 'SUBSCRIBE' | 'UNSUBSCRIBE', symbols: readonly string[]) => {
    const messages: string[] = [];
    for (let i = 0; i < symbols.length; i += STREAMS_A_MESSAGE) {
      messages.push(
        JSON.stringify({ method, params: symbols.slice(i, i + STREAMS_A_MESSAGE).map(streamOf), id: nextId++ }),
      );
    }
    return messages;
  };
  return {
    dialLimit: { most: 250, windowMs: 5 * 60_000 },
    url: (base, symbols) => `${base}/stream?streams=${symbols.slice(0, STREAMS_IN_URL).map(streamOf).join('/')}`,
    greet: (symbols) => control('SUBSCRIBE', symbols.slice(STREAMS_IN_URL)),
    change: (before, after) => [
      ...control(
        'SUBSCRIBE',
        after.filter((symbol) => !before.includes(symbol)),
      ),
      ...control(
        'UNSUBSCRIBE',
        before.filter((symbol) => !after.includes(symbol)),
      ),
    ],
    messageGapMs: MESSAGE_GAP_MS,
    keepAlive: null,
    classify(frame) {
      const head = frame.toString('latin1', 0, 27);
      if (head.startsWith('{"stream":"!serverShutdown"') || head.startsWith('{"e":"serverShutdown"')) return 'shutdown';
      if (head.startsWith('{"stream":"') || head.startsWith('{"u":')) return 'data';
      return head.startsWith('{"code":') || head.startsWith('{"error":') ? 'error' : 'control';
    },
    instrumentOf(frame) {
      const head = frame.toString('latin1', 11, 60);
      const at = head.indexOf('@');
      return at < 0 ? undefined : head.slice(0, at).toUpperCase();
    },
    instruments: (symbols) => symbols.map(binanceInstrument),
  };
}
