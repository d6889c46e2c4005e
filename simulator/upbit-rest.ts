import { wonTick } from './coins.ts';
import type { VenueFaults } from './faults.ts';
import type { MarketModel, ShownBook } from './model.ts';
import type { RestAnswer } from './sockets.ts';

const NOT_FOUND: RestAnswer = { status: 404, body: { error: { name: 404, message: 'Code not found' } } };

/** Upbit's public REST: markets, tickers, books and price ticks. */
export function upbitRest(
  url: URL,
  model: MarketModel,
  listed: ReadonlySet<string>,
  faults: VenueFaults,
): RestAnswer | null {
  if (url.pathname === '/v1/market/all') {
    const details = url.searchParams.get('is_details') === 'true' || url.searchParams.get('isDetails') === 'true';
    return { body: [...listed].map((coin) => market(coin, model, details)) };
  }
  const all = url.pathname === '/v1/ticker/all';
  const codes = all ? [...listed].map((coin) => `KRW-${coin}`) : url.searchParams.get('markets')?.split(',');
  if (codes === undefined)
    return {
      status: 400,
      body: { error: { name: 400, message: 'Missing request parameter error. Check the required parameters!' } },
    };
  const coins = codes.map((code) => code.replace('KRW-', ''));
  if (codes.some((code) => !code.startsWith('KRW-')) || coins.some((coin) => !listed.has(coin))) return NOT_FOUND;
  switch (url.pathname) {
    case '/v1/ticker':
    case '/v1/ticker/all':
      return { body: coins.map((coin) => ticker(coin, model, faults)) };
    case '/v1/orderbook':
      return { body: coins.map((coin) => book(coin, model, faults)) };
    case '/v1/orderbook/instruments':
      return {
        body: coins.map((coin) => ({
          market: `KRW-${coin}`,
          quote_currency: 'KRW',
          tick_size: coin === 'USDT' ? '0.5' : String(wonTick(lastPrice(coin, model))),
          supported_levels: ['0'],
        })),
      };
    default:
      return null;
  }
}

function bookOf(coin: string, model: MarketModel): ShownBook {
  return coin === 'USDT' ? model.fxBook() : model.upbitBook(coin);
}

function lastPrice(coin: string, model: MarketModel): number {
  return bookOf(coin, model).bids[0]?.price ?? 0;
}

function market(coin: string, model: MarketModel, details: boolean): object {
  const row = { market: `KRW-${coin}`, korean_name: coin, english_name: coin };
  if (!details) return row;
  const warning = model.coins.find(({ name }) => name === coin)?.warning ?? false;
  const caution = {
    PRICE_FLUCTUATIONS: false,
    TRADING_VOLUME_SOARING: false,
    DEPOSIT_AMOUNT_SOARING: false,
    GLOBAL_PRICE_DIFFERENCES: coin.length % 4 === 0,
    CONCENTRATION_OF_SMALL_ACCOUNTS: false,
  };
  return { ...row, market_event: { warning, caution } };
}

function ticker(coin: string, model: MarketModel, faults: VenueFaults): object {
  const price = lastPrice(coin, model);
  const usual = coin === 'USDT' ? 3e8 : (model.coins.find(({ name }) => name === coin)?.volumeUsdt ?? 0) / 3;
  const volumeUsdt = faults.volumes.get(coin) ?? usual;
  return {
    market: `KRW-${coin}`,
    trade_price: price,
    acc_trade_price_24h: volumeUsdt * model.fxMid(),
    acc_trade_volume_24h: (volumeUsdt * model.fxMid()) / price,
    timestamp: Date.now(),
  };
}

function book(coin: string, model: MarketModel, faults: VenueFaults): object {
  const none = { bids: [], asks: [] };
  const { bids, asks }: ShownBook = faults.isHalted(coin, Date.now()) ? none : bookOf(coin, model);
  return {
    market: `KRW-${coin}`,
    timestamp: Date.now(),
    total_ask_size: asks.reduce((sum, { quantity }) => sum + quantity, 0),
    total_bid_size: bids.reduce((sum, { quantity }) => sum + quantity, 0),
    orderbook_units: asks.map((ask, i) => ({
      ask_price: ask.price,
      bid_price: bids[i]?.price ?? 0,
      ask_size: ask.quantity,
      bid_size: bids[i]?.quantity ?? 0,
    })),
    level: 0,
  };
}
