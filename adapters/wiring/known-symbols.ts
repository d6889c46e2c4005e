import { TwinlegError } from '#core/errors.ts';
import { coinOf } from '#core/market/symbol.ts';
import type { Records } from '#core/ports/records.ts';
import { nearest } from '#core/text.ts';
import type { RunView } from './run-view.ts';

/** The canonical name of a symbol that the store knows: `btc` is BTC/USDT. @throws TwinlegError `USAGE` */
export async function requireSymbol(text: string, records: Records): Promise<string> {
  const upper = text.trim().toUpperCase();
  const symbol = upper.includes('/') ? upper : `${upper}/USDT`;
  const known = await knownSymbols(records);
  if (known.has(symbol)) return symbol;
  const meant = nearest(coinOf(symbol), [...known].map(coinOf));
  const remedy =
    meant === undefined ? `known are ${[...known].join(', ') || 'none yet'}` : `did you mean ${meant}/USDT?`;
  throw new TwinlegError('USAGE', `the store knows no ${symbol}`, remedy);
}

async function knownSymbols(records: Records): Promise<Set<string>> {
  const run = (await records.status<RunView>(Date.now()))?.value;
  const stored = (await records.load()).symbols;
  return new Set([...(run?.symbolNames ?? []), ...stored.map(({ symbol }) => symbol)]);
}
