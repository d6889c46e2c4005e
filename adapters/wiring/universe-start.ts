import type { Refresh, Universe, UniverseKeeper } from '#adapters/universe/keeper.ts';
import type { Config } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { type ExclusionReason, REASON_WORDS } from '#core/universe/filters.ts';
import type { SymbolList, WantedSymbols } from '#core/universe/list.ts';
import { isWritten, type Selection, unreadSelection } from '#core/universe/select.ts';
import type { RunOptions } from './embedded.ts';

export interface StartedUniverse {
  readonly list: SymbolList;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly selection: Selection;
  /** Venues that could not be read. */
  readonly failures: Refresh['failures'];
}

/**
 * The list that a run begins with, and the rules of every symbol on it.
 *
 * @param held symbols with an open position: those that are not on the list are managed until closed
 * @throws TwinlegError `UNIVERSE_UNAVAILABLE`, `UNIVERSE_EMPTY` or `INSTRUMENT_UNKNOWN`
 */
export async function startUniverse(
  config: Config,
  keeper: UniverseKeeper,
  held: readonly string[],
  log: RunOptions['log'],
): Promise<StartedUniverse> {
  const refresh = await keeper.refresh(config.universe, held, Date.now);
  tellGaps(refresh, log);
  for (const { venue } of refresh.failures) {
    const message = `${venue} did not tell its lots and ticks; the last known ones or the built-in table stand in`;
    log('warn', 'instruments', { message });
  }
  // A tape's coins and prices are its own: what stands in for the REST beside it knows nothing of them.
  const selection = config.venues.source.startsWith('tape:')
    ? unreadSelection(config.universe)
    : requireUniverse(refresh).selection;
  tellSelection(selection, log);
  if (selection.included.length === 0) throw emptyUniverse(selection);
  const wanted = wantedOf(selection);
  const draining = held.filter((symbol) => !wanted.symbols.includes(symbol));
  const list = { ...wanted, draining };
  const instruments = refresh.universe?.instruments ?? new Map<string, Instrument>();
  const missing = [...list.symbols, ...draining].filter((symbol) => !instruments.has(symbol));
  if (missing.length > 0) {
    throw new TwinlegError(
      'INSTRUMENT_UNKNOWN',
      `no lots and ticks are known for ${missing.join(', ')}`,
      'check the names in universe.symbols; a coin outside the built-in table needs Binance’s REST within reach',
    );
  }
  if (draining.length > 0)
    log('warn', 'draining', { symbols: draining, message: 'open, and not on the list any more' });
  return { list, instruments, selection, failures: refresh.failures };
}

export function wantedOf({ included }: Selection): WantedSymbols {
  return {
    symbols: included.map(({ symbol }) => symbol),
    volumesUsdt: Object.fromEntries(
      included.flatMap(({ symbol, volumeUsdt }) => (volumeUsdt === null ? [] : [[symbol, volumeUsdt]])),
    ),
  };
}

/** @throws TwinlegError `UNIVERSE_UNAVAILABLE` where there is no list at all */
export function requireUniverse({ universe, failures }: Refresh): Universe {
  if (universe !== null) return universe;
  throw new TwinlegError(
    'UNIVERSE_UNAVAILABLE',
    `the list of symbols cannot be made: ${failures.map(({ venue, message }) => `${venue}: ${message}`).join('; ')}`,
    'check the network and venues.*.restUrl, wait where a venue limits, or trade a FIXED_LIST meanwhile',
  );
}

/** Nothing is left to trade. */
export function emptyUniverse({ excluded }: Selection): TwinlegError {
  const byReason = new Map<ExclusionReason, string[]>();
  for (const { symbol, reason } of excluded) byReason.set(reason, [...(byReason.get(reason) ?? []), symbol]);
  const told = [...byReason].map(([reason, symbols]) => {
    const more = symbols.length > 5 ? ` and ${symbols.length - 5} more` : '';
    return `${symbols.slice(0, 5).join(', ')}${more} (${reason}: ${REASON_WORDS[reason]})`;
  });
  return new TwinlegError(
    'UNIVERSE_EMPTY',
    told.length === 0 ? 'no symbol is listed' : `no symbol is left to trade: ${told.join('; ')}`,
    'npx twinleg universe, with the same options, tells every figure; mend universe.symbols or universe.filters',
  );
}

export function tellGaps({ failures, gaps }: Refresh, log: RunOptions['log']): void {
  for (const { venue, message } of failures) {
    log('warn', 'universe_stale', { venue, message: `${venue} did not tell what it lists: ${message}` });
  }
  for (const gap of gaps) log('warn', 'universe_gap', { message: gap });
}

/** Tells each symbol of a written list that is left out or warned of; of a made list the sums. */
export function tellSelection({ mode, included, excluded, warnings }: Selection, log: RunOptions['log']): void {
  if (isWritten(mode)) {
    for (const { symbol, reason, value, limit } of excluded) {
      const message = `${symbol} is not traded: ${REASON_WORDS[reason]}`;
      log('warn', 'excluded', { symbol, reason, value, limit, message });
    }
    for (const { symbol, reason, value, limit } of warnings)
      if (value !== null) log('info', 'universe_warning', { symbol, reason, value, limit });
  }
  const reasons: Record<string, number> = {};
  for (const { reason } of excluded) reasons[reason] = (reasons[reason] ?? 0) + 1;
  log('info', 'universe', { mode, included: included.length, excluded: excluded.length, ...reasons });
}
