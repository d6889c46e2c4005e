import type { Level, ShownBook } from './model.ts';

/** Frames exactly as the venues lay them out. */

export function bookTicker(coin: string, updateId: number, book: ShownBook): string {
  const [bid, ask] = [book.bids[0], book.asks[0]];
  const price = (level: Level | undefined) => (level?.price ?? 0).toFixed(8);
  const size = (level: Level | undefined) => (level?.quantity ?? 0).toFixed(8);
  return `{"u":${updateId},"s":"${coin}USDT","b":"${price(bid)}","B":"${size(bid)}","a":"${price(ask)}","A":"${size(ask)}"}`;
}

export function depth(updateId: number, book: ShownBook): string {
  const rows = (levels: readonly Level[]) =>
    levels.map(({ price, quantity }) => `["${price.toFixed(8)}","${quantity.toFixed(8)}"]`).join(',');
  return `{"lastUpdateId":${updateId},"bids":[${rows(book.bids)}],"asks":[${rows(book.asks)}]}`;
}

export function combined(stream: string, data: string): string {
  return `{"stream":"${stream}","data":${data}}`;
}

export function orderbook(
  code: string,
  timestampMs: number,
  book: ShownBook,
  levels: number,
  streamType: 'SNAPSHOT' | 'REALTIME',
): string {
  const total = (side: readonly Level[]) => side.reduce((sum, { quantity }) => sum + quantity, 0).toFixed(8);
  const units = Array.from({ length: levels }, (_, i) => {
    const ask = book.asks[i] ?? { price: 0, quantity: 0 };
    const bid = book.bids[i] ?? { price: 0, quantity: 0 };
    return `{"ask_price":${number(ask.price)},"bid_price":${number(bid.price)},"ask_size":${number(ask.quantity)},"bid_size":${number(bid.quantity)}}`;
  });
  return `{"type":"orderbook","code":"${code}","timestamp":${timestampMs},"total_ask_size":${total(book.asks)},"total_bid_size":${total(book.bids)},"orderbook_units":[${units.join(',')}],"stream_type":"${streamType}","level":0}`;
}

/** As Upbit writes doubles: from 10⁷ on with an exponent, tiny ones too. */
function number(value: number): string {
  if (value === 0) return '0.0';
  if (value < 1e7 && value >= 1e-3) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}
