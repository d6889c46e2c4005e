import type { Coin } from './coins.ts';
import type { VenueFaults } from './faults.ts';
import { klines } from './klines.ts';
import type { MarketModel } from './model.ts';
import type { RestAnswer } from './sockets.ts';

const MISSING_SYMBOL = {
  status: 400,
  body: { code: -1102, msg: "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed." },
};

/** Binance's public REST: what the instruments, volumes and books are asked for. Each answer with its weight. */
export function binanceRest(
  url: URL,
  model: MarketModel,
  listed: ReadonlySet<string>,
  faults: VenueFaults,
): RestAnswer & { readonly weight: number } {
  const names = askedFor(url, listed);
  if (names === null) return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' }, weight: 1 };
  const single = url.searchParams.has('symbol');
  const one = (rows: readonly unknown[], weight: number) => ({ body: single ? rows[0] : rows, weight });
  const coins = model.coins.filter(({ name }) => names.has(name));
  switch (url.pathname) {
    case '/api/v3/ping':
      return { body: {}, weight: 1 };
    case '/api/v3/time':
      return { body: { serverTime: Date.now() + faults.aheadMs }, weight: 1 };
    case '/api/v3/exchangeInfo': {
      const symbols = coins.map((coin) => instrument(coin, faults.isHalted(coin.name, Date.now())));
      const body = { timezone: 'UTC', serverTime: Date.now(), rateLimits: [], exchangeFilters: [], symbols };
      return { body, weight: 20 };
    }
    case '/api/v3/ticker/bookTicker':
      return one(
        coins.map((coin) => bestOf(coin, model)),
        4,
      );
    case '/api/v3/ticker/24hr':
      return one(
        coins.map((coin) => dayOf(coin, model, faults.volumes.get(coin.name) ?? coin.volumeUsdt)),
        80,
      );
    case '/api/v3/klines': {
      const [coin] = coins;
      if (!single || coin === undefined) return { ...MISSING_SYMBOL, weight: 2 };
      const { price } = model.stateOf(coin.name);
      return { ...klines(url.searchParams, coin.name, price, coin.volumeUsdt, Date.now()), weight: 2 };
    }
    case '/api/v3/depth': {
      const [coin] = coins;
      if (!single || coin === undefined) break;
      const { bids, asks } = model.binanceBook(coin.name);
      const rows = (side: typeof bids) => side.map(({ price, quantity }) => [price.toFixed(8), quantity.toFixed(8)]);
      return { body: { lastUpdateId: Date.now(), bids: rows(bids), asks: rows(asks) }, weight: 5 };
    }
  }
  return { status: 404, body: { code: -1, msg: 'no such path' }, weight: 1 };
}

/** The coins of `symbol` or `symbols`, all of them without either; null where one is unknown. */
function askedFor(url: URL, listed: ReadonlySet<string>): ReadonlySet<string> | null {
  const symbol = url.searchParams.get('symbol');
  const symbols = url.searchParams.get('symbols');
  let asked: unknown = symbol === null ? null : [symbol];
  try {
    if (symbols !== null) asked = JSON.parse(symbols);
  } catch {
    return null;
  }
  if (!Array.isArray(asked)) return listed;
  const names = asked.map((name) => String(name).replace(/USDT$/, ''));
  return names.every((name) => listed.has(name)) ? new Set(names) : null;
}

function instrument(coin: Coin, halted: boolean): object {
  const eight = (text: string) => Number(text).toFixed(8);
  return {
    symbol: `${coin.name}USDT`,
    status: halted || coin.halted ? 'BREAK' : 'TRADING',
    baseAsset: coin.name,
    quoteAsset: 'USDT',
    isSpotTradingAllowed: true,
    permissions: ['SPOT'],
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: eight(coin.tick),
        maxPrice: '1000000.00000000',
        tickSize: eight(coin.tick),
      },
      { filterType: 'LOT_SIZE', minQty: eight(coin.lot), maxQty: '9000000.00000000', stepSize: eight(coin.lot) },
      {
        filterType: 'NOTIONAL',
        minNotional: '5.00000000',
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
    ],
  };
}

function bestOf(coin: Coin, model: MarketModel): object {
  const { bids, asks } = model.binanceBook(coin.name);
  return {
    symbol: `${coin.name}USDT`,
    bidPrice: bids[0]!.price.toFixed(8),
    bidQty: bids[0]!.quantity.toFixed(8),
    askPrice: asks[0]!.price.toFixed(8),
    askQty: asks[0]!.quantity.toFixed(8),
  };
}

function dayOf(coin: Coin, model: MarketModel, volumeUsdt: number): object {
  const { price } = model.stateOf(coin.name);
  return {
    ...bestOf(coin, model),
    lastPrice: price.toFixed(8),
    volume: (volumeUsdt / price).toFixed(8),
    quoteVolume: volumeUsdt.toFixed(8),
    openTime: Date.now() - 86_400_000,
    closeTime: Date.now(),
  };
}
