import { z } from 'zod';
import type { Instrument } from '#core/market/instrument.ts';
import { krwTick } from '#core/market/instrument.ts';
import {
  BINANCE_MIN_NOTIONAL_USDT,
  builtInInstrument,
  UPBIT_LOT,
  UPBIT_MIN_NOTIONAL_KRW,
} from '#core/market/instruments-table.ts';
import { binanceInstrument, upbitInstrument } from '#core/market/symbol.ts';

const TIMEOUT_MS = 4000;

const exchangeInfo = z.object({
  symbols: z.array(
    z.object({
      symbol: z.string(),
      filters: z.array(z.looseObject({ filterType: z.string() })),
    }),
  ),
});
const orderbookInstruments = z.array(
  z.looseObject({ market: z.string(), tick_size: z.union([z.string(), z.number()]) }),
);
const decimalText = z.string().regex(/^\d+(\.\d+)?$/);

export interface InstrumentSources {
  readonly binanceRestUrl: string;
  readonly upbitRestUrl: string;
}

export interface LoadedInstruments {
  readonly instruments: Map<string, Instrument>;
  /** Symbols for which neither the venues nor the built-in table has rules. */
  readonly missing: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Lots, ticks and minimums from both venues' REST; where a venue does not answer, the built-in table of large coins
 * stands in, with a warning.
 */
export async function loadInstruments(
  symbols: readonly string[],
  sources: InstrumentSources,
): Promise<LoadedInstruments> {
  const [binance, upbit] = await Promise.allSettled([
    binanceRules(symbols, sources.binanceRestUrl),
    upbitTicks(symbols, sources.upbitRestUrl),
  ]);
  const warnings: string[] = [];
  const standIn = (venue: string, reason: unknown) =>
    warnings.push(
      `${venue} did not tell its lots and ticks (${reason instanceof Error ? reason.message : reason}); the built-in table stands in`,
    );
  if (binance.status === 'rejected') standIn('binance', binance.reason);
  if (upbit.status === 'rejected') standIn('upbit', upbit.reason);
  const instruments = new Map<string, Instrument>();
  const missing: string[] = [];
  for (const symbol of symbols) {
    const known = builtInInstrument(symbol);
    const fromBinance =
      (binance.status === 'fulfilled' ? binance.value.get(binanceInstrument(symbol)) : undefined) ?? known?.binance;
    if (fromBinance === undefined) {
      missing.push(symbol);
      continue;
    }
    const tick = (upbit.status === 'fulfilled' ? upbit.value.get(upbitInstrument(symbol)) : undefined) ?? 'krw';
    const fromUpbit = { lot: UPBIT_LOT, tick, minQuantity: UPBIT_LOT, minNotional: UPBIT_MIN_NOTIONAL_KRW };
    instruments.set(symbol, { symbol, binance: fromBinance, upbit: fromUpbit });
  }
  return { instruments, missing, warnings };
}

async function binanceRules(symbols: readonly string[], restUrl: string) {
  const query =
    symbols.length <= 50 ? `?symbols=${encodeURIComponent(JSON.stringify(symbols.map(binanceInstrument)))}` : '';
  const info = exchangeInfo.parse(await getJson(`${restUrl}/api/v3/exchangeInfo${query}`));
  return new Map(
    info.symbols.map(({ symbol, filters }) => {
      const field = (type: string, name: string) => {
        const parsed = decimalText.safeParse(filters.find(({ filterType }) => filterType === type)?.[name]);
        return parsed.success ? trimmed(parsed.data) : undefined;
      };
      const lot = field('LOT_SIZE', 'stepSize') ?? UPBIT_LOT;
      return [
        symbol,
        {
          lot,
          tick: field('PRICE_FILTER', 'tickSize') ?? '0',
          minQuantity: field('LOT_SIZE', 'minQty') ?? lot,
          minNotional:
            field('NOTIONAL', 'minNotional') ?? field('MIN_NOTIONAL', 'minNotional') ?? BINANCE_MIN_NOTIONAL_USDT,
        },
      ];
    }),
  );
}

/** Upbit's present tick where it is not the one of the table by price; the table moves with the price. */
async function upbitTicks(symbols: readonly string[], restUrl: string): Promise<Map<string, string>> {
  const markets = symbols.map(upbitInstrument).join(',');
  const rows = orderbookInstruments.parse(await getJson(`${restUrl}/v1/orderbook/instruments?markets=${markets}`));
  const usual = new Set(
    [1e6, 5e5, 1e5, 5e4, 1e4, 5e3, 1e3, 100, 10, 1, 0.1, 0.01, 0.001, 0.0001, 0].map((price) => Number(krwTick(price))),
  );
  const unusual = rows.filter(({ tick_size }) => !usual.has(Number(tick_size)));
  return new Map(unusual.map(({ market, tick_size }) => [market, String(tick_size)]));
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText} from ${new URL(url).host}`);
  return response.json();
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
