import type { Database } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import type { RunView } from '#adapters/wiring/run-view.ts';
import { TwinlegError } from '#core/errors.ts';
import { coinOf } from '#core/market/symbol.ts';
import { nearest } from '#core/text.ts';
import type { Context } from './context.ts';

/** The canonical name of a symbol that the store knows: `btc` is BTC/USDT. */
export function requireSymbol(text: string, database: Database): string {
  const upper = text.trim().toUpperCase();
  const symbol = upper.includes('/') ? upper : `${upper}/USDT`;
  const known = knownSymbols(database);
  if (known.has(symbol)) return symbol;
  const meant = nearest(coinOf(symbol), [...known].map(coinOf));
  const remedy =
    meant === undefined ? `known are ${[...known].join(', ') || 'none yet'}` : `did you mean ${meant}/USDT?`;
  throw new TwinlegError('USAGE', `the store knows no ${symbol}`, remedy);
}

/** The symbol of `--symbol`, where it was given. */
export function symbolOption(context: Context, database: Database): string | undefined {
  const text = context.option<string>('symbol');
  return text === undefined ? undefined : requireSymbol(text, database);
}

function knownSymbols(database: Database): Set<string> {
  const run = createHistory(database).status<RunView>(Date.now())?.value;
  const stored = createSqliteStore(database).load().symbols;
  return new Set([...(run?.symbolNames ?? []), ...stored.map(({ symbol }) => symbol)]);
}
