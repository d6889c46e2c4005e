import type { SimulatedVenues } from '#adapters/venues/simulator-process.ts';
import type { Selection } from '#core/universe/select.ts';
import { type Check, check } from './check.ts';
import { ask, onVenues } from './session.ts';

export interface ListFigures {
  /** By rank. */
  readonly rows: readonly { readonly symbol: string; readonly volumeUsdt: number }[];
  readonly checks: readonly Check[];
}

const SIZE = 10;

/**
 * Ranks the venues' coins once more from their bare REST answers: by the smaller of both volumes, without those that the
 * product's filters keep out.
 *
 * @param traded what a run made its list of, by rank
 */
export async function judgeList(venues: SimulatedVenues, traded: readonly string[]): Promise<ListFigures> {
  const { mode, included, excluded } = await ask<Selection>('universe', ...onVenues(venues));
  const filtered = new Set(excluded.filter(({ reason }) => reason !== 'rank').map(({ symbol }) => symbol));
  const volumes = await smallerVolumes(venues);
  const rows = [...volumes]
    .map(([symbol, volumeUsdt]) => ({ symbol, volumeUsdt }))
    .filter(({ symbol }) => !filtered.has(symbol))
    .sort((a, b) => b.volumeUsdt - a.volumeUsdt)
    .slice(0, SIZE);
  const byRank = rows.map(({ symbol }) => symbol);
  const shown = included.map(({ symbol }) => symbol);
  const outside = excluded.filter(({ reason }) => reason === 'rank').length;
  return {
    rows,
    checks: [
      check(
        'the list was made by rank: TOP_N of the venues’ coins, recomputed from their REST',
        mode === 'TOP_N' && shown.join() === byRank.join() && outside > 0,
        `${volumes.size} on both venues, ${filtered.size} filtered out of all, ${outside} of a lower rank`,
      ),
      check('the run traded these', traded.join() === byRank.join(), `${traded.length} symbols`),
    ],
  };
}

/** The smaller of both venues' 24 h volumes in USDT, of the coins that both have. */
async function smallerVolumes({ binance, upbit }: SimulatedVenues): Promise<Map<string, number>> {
  const binanceDays = await get<{ symbol: string; quoteVolume: string }[]>(`${binance.restUrl}/api/v3/ticker/24hr`);
  const upbitDays = await get<{ market: string; trade_price: number; acc_trade_price_24h: number }[]>(
    `${upbit.restUrl}/v1/ticker/all?quote_currencies=KRW`,
  );
  const wonPerUsdt = upbitDays.find(({ market }) => market === 'KRW-USDT')!.trade_price;
  const inUsdt = new Map(upbitDays.map((day) => [day.market.slice(4), day.acc_trade_price_24h / wonPerUsdt]));
  const smaller = new Map<string, number>();
  for (const { symbol, quoteVolume } of binanceDays) {
    const other = inUsdt.get(symbol.replace('USDT', ''));
    if (other !== undefined) smaller.set(symbol.replace('USDT', '/USDT'), Math.min(Number(quoteVolume), other));
  }
  return smaller;
}

async function get<T>(url: string): Promise<T> {
  return (await fetch(url)).json() as Promise<T>;
}
