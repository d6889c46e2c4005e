import type { OperatorCommand } from './commands.ts';

/** How long a question may be answered, ms. */
export const CONFIRM_MS = 60_000;
/** Questions that can be open at once; an older one gives way. */
const MOST_OPEN = 20;

/** A question that waits for a press of its button. */
export interface Confirmation {
  readonly id: string;
  readonly command: OperatorCommand;
  readonly chat: string;
  /** The message with the buttons; null until Telegram said which one it is. */
  readonly messageId: number | null;
  readonly expiresMs: number;
  /** The update that pressed it; delivered again, it finds its own press. */
  readonly takenBy: string | null;
}

/** What the reader of commands remembers; `version` is the condition of a change. */
export interface CommandState {
  readonly version: number;
  /** The update to read next; null before the first. */
  readonly offset: number | null;
  readonly open: readonly Confirmation[];
}

export const NO_COMMANDS: CommandState = { version: 0, offset: null, open: [] };

/** Remembers a question, and forgets those whose time is over. */
export function ask(state: CommandState, question: Confirmation, nowMs: number): CommandState {
  const open = state.open.filter(({ expiresMs }) => expiresMs > nowMs);
  return { ...state, open: [...open, question].slice(-MOST_OPEN) };
}

/** The question was sent as this message. */
export function bind(state: CommandState, id: string, messageId: number): CommandState {
  return { ...state, open: state.open.map((each) => (each.id === id ? { ...each, messageId } : each)) };
}

export interface Press {
  readonly id: string;
  readonly chat: string;
  readonly messageId: number;
  readonly updateId: string;
}

/** Takes a question for one press alone. Null where it was not asked in this message, is over, or was answered. */
export function take(
  state: CommandState,
  press: Press,
  nowMs: number,
): { readonly state: CommandState; readonly command: OperatorCommand } | null {
  const question = state.open.find(({ id }) => id === press.id);
  if (question === undefined) return null;
  const { chat, messageId, takenBy, expiresMs, command } = question;
  if (chat !== press.chat || messageId !== press.messageId) return null;
  if (takenBy === press.updateId) return { state, command };
  if (takenBy !== null || nowMs >= expiresMs) return null;
  const open = state.open.map((each) => (each === question ? { ...each, takenBy: press.updateId } : each));
  return { state: { ...state, open }, command };
}
