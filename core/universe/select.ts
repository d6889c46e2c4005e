import type { Config } from '../config.ts';
import { type CoinFacts, coinFacts, type UniverseFacts } from './facts.ts';
import { excludes, type Finding, findingsOf } from './filters.ts';
import { type Members, NO_MEMBERS, nextMembers } from './hysteresis.ts';

export type UniverseMode = Config['universe']['mode'];

export interface Included {
  readonly symbol: string;
  /** By volume, the largest first, among all that no filter keeps out. */
  readonly rank: number;
  readonly volumeUsdt: number | null;
}

export interface Excluded extends Finding {
  readonly symbol: string;
}

/** What is traded and what is not, and why. */
export interface Selection {
  readonly mode: UniverseMode;
  /** In the order in which they are judged. */
  readonly included: readonly Included[];
  readonly excluded: readonly Excluded[];
  /** What speaks against a coin of a written list without keeping it out. */
  readonly warnings: readonly Excluded[];
  /** Of both venues' coins, those under a venue's warning. */
  readonly warned: readonly string[];
  /** What the next selection of TOP_N goes on from. */
  readonly members: Members;
}

/**
 * Makes the list. SINGLE and FIXED_LIST keep the order of `universe.symbols`; TOP_N and FULL_MARKET take what either
 * venue lists, by rank.
 *
 * @param before members of the selection before; null makes a list of its own, TOP_N then being ranks 1 to N
 */
export function selectUniverse(
  universe: Config['universe'],
  facts: UniverseFacts,
  before: Members | null = null,
): Selection {
  const { mode, symbols, filters, topN } = universe;
  const written = isWritten(mode);
  const candidates = written ? symbols : [...new Set([...facts.binance.keys(), ...facts.upbit.keys()])].sort();
  const passing: CoinFacts[] = [];
  const excluded: Excluded[] = [];
  const warnings: Excluded[] = [];
  const warned: string[] = [];
  for (const symbol of candidates) {
    const coin = coinFacts(symbol, facts);
    if (coin.warning) warned.push(symbol);
    const findings = findingsOf(coin, filters);
    const against = findings.find((finding) => excludes(finding, written));
    if (against === undefined) {
      passing.push(coin);
      warnings.push(...findings.map((finding) => ({ symbol, ...finding })));
    } else excluded.push({ symbol, ...against });
  }
  const ranked = [...passing].sort(byVolume);
  const rankOf = new Map(ranked.map(({ symbol }, i) => [symbol, i + 1]));
  const members = mode === 'TOP_N' ? nextMembers(before ?? NO_MEMBERS, rankOf, topN) : NO_MEMBERS;
  const included: Included[] = [];
  for (const { symbol, volumeUsdt } of written ? passing : ranked) {
    const rank = rankOf.get(symbol)!;
    if (mode === 'TOP_N' && !Object.hasOwn(members, symbol))
      excluded.push({ symbol, reason: 'rank', value: rank, limit: topN });
    else included.push({ symbol, rank, volumeUsdt });
  }
  return { mode, included, excluded, warnings, warned, members };
}

/** Whether somebody wrote the list down, rather than having it made. */
export function isWritten(mode: UniverseMode): boolean {
  return mode === 'SINGLE' || mode === 'FIXED_LIST';
}

/** The written list as it stands, where nothing is known of its coins: all but the denied. */
export function unreadSelection({ mode, symbols, filters }: Config['universe']): Selection {
  const denied = symbols.filter((symbol) => filters.deny.includes(symbol));
  return {
    mode,
    included: symbols
      .filter((symbol) => !denied.includes(symbol))
      .map((symbol, i) => ({ symbol, rank: i + 1, volumeUsdt: null })),
    excluded: denied.map((symbol) => ({ symbol, reason: 'deny', value: null, limit: null })),
    warnings: [],
    warned: [],
    members: NO_MEMBERS,
  };
}

/** The larger volume first; equal ones by name, so that the order is the same everywhere. */
function byVolume(a: CoinFacts, b: CoinFacts): number {
  return (b.volumeUsdt ?? -1) - (a.volumeUsdt ?? -1) || (a.symbol < b.symbol ? -1 : 1);
}
