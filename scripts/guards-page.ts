import { parseConfig } from '#core/config.ts';
import { GUARDS } from '#core/guards/index.ts';

const HEAD = `# Guards

A guard holds an **entry** back; only unusable data and \`HALTED\` hold back an exit. They are asked in this order, and the
first that does not pass is named: in the refusal's record (\`npx twinleg why SYMBOL\`, with value and limit of all of them and
the present standing), in \`twinleg_guard_triggers_total\` and in the log. \`null\` as a limit switches a guard off.

- **refuse**: this entry is not made. The next tick is judged anew.
- **REDUCE_ONLY**: the trading state is \`REDUCE_ONLY\` for all symbols while the condition holds, with an alert of the guard's
  code. Conditions are looked at each second and after each closed position. With several at once the state stays until
  all are gone; what the operator asked for stays beneath it and is never lowered. \`npx twinleg resume\` is refused while one holds.
- **HALTED**: the operator's own word; \`resume\` ends it.

Loss limits count the worse of \`pnlUsdt\` and \`pnlAccountUsdt\` of closed positions. The day begins at \`day.rolloverHour\` (UTC).
Losses, peak, pauses and the entries of the last minute are stored and survive a restart; medians and what is measured
outside begin anew; a hold of the clock, the disk or the ledger stays until it is measured again. With \`--no-guards\` only those marked * stay.
`;

const FOOT = `
Notes: \`COMMON_MODE\` counts within \`guards.commonMode.windowMs\`; \`CONSECUTIVE_LOSSES\` pauses for
\`guards.consecutiveLosses.pauseSeconds\`, and a further loss after the pause pauses again; \`CONCENTRATION\` counts from three
positions on; \`MAX_EXPOSURE\` covers \`portfolio.maxVenueExposureUsdt\` and \`.maxDirectionExposureUsdt\` too. \`FX_INSANE\` asks the median of the
coins where at least three are quoted, and KRW-USDT's own where ten seconds of it are known. \`BOOK_FROZEN\`: the same book for 3 s
at three frames a second or more. \`DRAWDOWN\` never lifts by itself while nothing is open: raise its limit to go on.

An open position that could not be judged (old quotes, or a book too thin to close on) is told of as \`POSITION_UNJUDGEABLE\`, P2 after
10 s and P1 after 60 s; one held past \`strategy.maxHoldSeconds\` and 5 s more as \`POSITION_OVERDUE\`, P1.
`;

/** \`docs/guards.md\`, made from the registry and the configuration's defaults. */
export function guardsPage(): string {
  const defaults = parseConfig({});
  if (!defaults.ok) throw new Error('the defaults are no configuration');
  const rows = GUARDS.map(({ code, always, tier, does, protectsFrom, key }) => {
    const cells = [`\`${code}\`${always ? ' *' : ''}`, tier, does, protectsFrom, key === null ? '–' : `\`${key}\``];
    return `| ${[...cells, key === null ? '–' : String(valueAt(defaults.config, key))].join(' | ')} |`;
  });
  return [
    HEAD,
    '| code | tier | does | protects from | key | default |',
    '|---|---|---|---|---|---|',
    ...rows,
    FOOT,
  ].join('\n');
}

function valueAt(config: unknown, path: string): unknown {
  return path.split('.').reduce((value, key) => (value as Record<string, unknown>)[key], config);
}
