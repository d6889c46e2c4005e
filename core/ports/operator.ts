import type { CommandState } from '../operator/confirmations.ts';

/** Something an operator asked for. */
export interface AskedCommand {
  /** Of the update that brought it: the same update is the same command. */
  readonly id: string;
  readonly atMs: number;
  readonly chat: string;
  /** Who wrote it, as far as Telegram tells. */
  readonly sender: string;
  readonly text: string;
}

/** As the record shows it: what became of it; null while it is being answered. */
export interface CommandRow extends AskedCommand {
  readonly outcome: string | null;
}

/** Who asked what, and how far commands were read. */
export interface OperatorLog {
  /** Notes a command before anything is done. `ended`: it was answered before; `again`: it was begun, and never ended. */
  begin(asked: AskedCommand): Promise<'new' | 'again' | 'ended'>;
  end(id: string, outcome: string): Promise<void>;
  /** Changes what is remembered by a condition on what it was; asked again where another was quicker. Null changes nothing. */
  state(change: (state: CommandState) => CommandState | null): Promise<CommandState>;
  /** The newest first. */
  list(last: number): Promise<readonly CommandRow[]>;
}
