import { nearest } from '../text.ts';

export interface CommandSpec {
  readonly summary: string;
  /** Shown after the name in the help. */
  readonly argument?: string;
  /** Asks to confirm before it is done. */
  readonly confirm: boolean;
}

/** What an operator can ask the bot; `pause` needs no confirmation, as it can only make less happen. */
export const OPERATOR_COMMANDS = {
  status: { summary: 'what runs now', confirm: false },
  pnl: { summary: 'what was earned', confirm: false },
  positions: { summary: 'open positions', confirm: false },
  guards: { summary: 'what holds entries back', confirm: false },
  alerts: { summary: 'open alerts and the last ones', confirm: false },
  why: { summary: 'why a symbol trades or not', argument: 'BTC', confirm: false },
  pause: { summary: 'no new entries', confirm: false },
  resume: { summary: 'trade again', confirm: true },
  halt: { summary: 'no entries and no exits', confirm: true },
  flatten: { summary: 'close everything', confirm: true },
  help: { summary: 'this list', confirm: false },
} as const satisfies Record<string, CommandSpec>;

export type OperatorCommand = keyof typeof OPERATOR_COMMANDS;

export const COMMAND_NAMES = Object.keys(OPERATOR_COMMANDS) as OperatorCommand[];

/** A message as it was understood. `other` is no command at all. */
export type Understood =
  | { readonly kind: 'command'; readonly name: OperatorCommand; readonly argument: string }
  | { readonly kind: 'unknown'; readonly meant: OperatorCommand | undefined }
  | { readonly kind: 'other' };

/** Reads `/why BTC` and `/why@the_bot BTC`; `/start`, with which every chat begins, asks for help. */
export function understand(text: string): Understood {
  const match = /^\/([a-z0-9_]{1,32})(?:@\w{1,64})?(?:\s+([\s\S]*))?$/i.exec(text.trim());
  if (match === null) return text.trim().startsWith('/') ? { kind: 'unknown', meant: undefined } : { kind: 'other' };
  const name = match[1]!.toLowerCase() === 'start' ? 'help' : match[1]!.toLowerCase();
  const known = COMMAND_NAMES.find((each) => each === name);
  if (known !== undefined) return { kind: 'command', name: known, argument: (match[2] ?? '').trim() };
  return { kind: 'unknown', meant: nearest(name, COMMAND_NAMES) as OperatorCommand | undefined };
}
