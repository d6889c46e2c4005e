/** How far below N a member may fall without being counted. */
const SLACK_RANKS = 3;
/** So many refreshes running beyond that make a member leave. */
const STRIKES = 3;

/** Members of a TOP_N list: symbol → refreshes running at a rank beyond N + 3. */
export type Members = Readonly<Record<string, number>>;

export const NO_MEMBERS: Members = {};

/**
 * The members after one more refresh: a coin comes in at rank ≤ N and leaves at rank > N + 3 in three refreshes running.
 * One that a filter keeps out has no rank and leaves at once.
 */
export function nextMembers(before: Members, rankOf: ReadonlyMap<string, number>, topN: number): Members {
  const after: Record<string, number> = {};
  for (const [symbol, rank] of rankOf) {
    if (rank <= topN) after[symbol] = 0;
    else if (Object.hasOwn(before, symbol)) {
      const strikes = rank > topN + SLACK_RANKS ? before[symbol]! + 1 : 0;
      if (strikes < STRIKES) after[symbol] = strikes;
    }
  }
  return after;
}
