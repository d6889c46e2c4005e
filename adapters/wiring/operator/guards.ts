import { duration } from '#core/figures.ts';
import { coinOf } from '#core/market/symbol.ts';
import { firstOf } from '#core/operator/answer.ts';
import { shownRun } from '../read-status.ts';
import type { AnswerParts } from './answers.ts';

const GUARDS = 12;
/** Coins that are named for one guard. */
const COINS = 5;

/** What holds everything back, and which guards would refuse an entry of which symbol now. */
export async function guardsAnswer({ records, now }: AnswerParts): Promise<string[]> {
  const nowMs = now();
  const { tradingState, setBy, reason, holding } = await records.control();
  const symbolNames = (await shownRun(records, nowMs))?.symbolNames ?? [];
  const refusing = new Map<string, string[]>();
  const standings = await Promise.all(symbolNames.map((symbol) => records.standing(symbol, nowMs)));
  for (const standing of standings) {
    if (standing === null || standing.expired) continue;
    const { symbol, guards } = standing.value;
    for (const { name, passed } of guards)
      if (!passed) refusing.set(name, [...(refusing.get(name) ?? []), coinOf(symbol)]);
  }
  const rows = [...refusing].sort(([, a], [, b]) => b.length - a.length);
  return [
    `${tradingState}${reason === 'start' ? '' : ` (${setBy}: ${reason})`}`,
    ...holding.flatMap((hold) => [`${hold.code} for ${duration(nowMs - hold.sinceMs)}`, `  ${hold.reason}`]),
    rows.length === 0 ? 'No guard refuses an entry now' : 'Would refuse an entry now:',
    ...firstOf(rows, GUARDS, ([name, coins]) => [
      `${name}: ${coins.length > COINS ? `${coins.length} symbols` : coins.join(' ')}`,
    ]),
  ];
}
