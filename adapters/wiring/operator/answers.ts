import { COMMAND_NAMES, type CommandSpec, OPERATOR_COMMANDS, type OperatorCommand } from '#core/operator/commands.ts';
import type { AlertBook } from '#core/ports/alerts.ts';
import type { Records } from '#core/ports/records.ts';
import { type ControlAction, operatorChange } from '../control.ts';
import { alertsAnswer } from './alerts.ts';
import { guardsAnswer } from './guards.ts';
import { pnlAnswer } from './pnl.ts';
import { positionsAnswer } from './positions.ts';
import { statusAnswer } from './status.ts';
import { whyAnswer } from './why.ts';

/** What answers are made from, wherever trading runs. */
export interface AnswerParts {
  readonly records: Records;
  readonly book: AlertBook;
  readonly now: () => number;
}

type Answer = (parts: AnswerParts, argument: string, asker: string) => Promise<string[]>;

/** Does what a command says and tells it in narrow lines, the first of which stands out. */
export const ANSWERS: Readonly<Record<OperatorCommand, Answer>> = {
  status: statusAnswer,
  pnl: pnlAnswer,
  positions: positionsAnswer,
  guards: guardsAnswer,
  alerts: alertsAnswer,
  why: whyAnswer,
  pause: changing('pause'),
  resume: changing('resume'),
  halt: changing('halt'),
  flatten: changing('flatten'),
  help: async () => ['Twinleg', ...COMMAND_NAMES.map(helpLine)],
};

/** What a command changes, for whoever is asked to confirm it; those that are not here change nothing. */
export const WARNINGS: Readonly<Partial<Record<OperatorCommand, string>>> = {
  pause: 'No new entries; open positions go on to their exit.',
  resume: 'Entries are made again at once.',
  halt: 'No entries and no exits: open positions stay open, whatever they lose.',
  flatten: 'Closes every open position at the market, and enters no more.',
};

function changing(action: ControlAction): Answer {
  return async ({ records, now }, _argument, asker) => {
    const change = operatorChange(await records.control(), action, `/${action} by ${asker}`, now());
    const { tradingState, flatten } = await records.changeControl(change);
    return [`${tradingState}${flatten ? ', closing everything' : ''}`, `asked for by ${asker}`];
  };
}

function helpLine(name: OperatorCommand): string {
  const { argument, summary, confirm }: CommandSpec = OPERATOR_COMMANDS[name];
  return `/${name}${argument === undefined ? '' : ` ${argument}`} – ${summary}${confirm ? ' (asks first)' : ''}`;
}
