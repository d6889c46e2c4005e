import { TwinlegError } from '#core/errors.ts';
import type { COMMAND_RESULTS } from '#core/metrics/labels.ts';
import { answerText } from '#core/operator/answer.ts';
import { OPERATOR_COMMANDS, type OperatorCommand, understand } from '#core/operator/commands.ts';
import { ask, bind, CONFIRM_MS, take } from '#core/operator/confirmations.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import { sendText } from './telegram.ts';
import type { TelegramApi } from './telegram-api.ts';
import { type BotUpdate, readUpdate } from './updates.ts';

export type CommandResult = (typeof COMMAND_RESULTS)[number];

/** What was asked so long ago asks to confirm, whatever it is, ms. */
const LATE_MS = 300_000;
const SEND_TRIES = 3;
const RETRY_MS = 1000;
/** Longest pause that an answer waits for where the far end asks for one, ms. */
const MOST_PAUSE_MS = 30_000;

export interface CommandBotParts {
  readonly api: TelegramApi;
  readonly log: OperatorLog;
  readonly allowedChats: ReadonlySet<string>;
  /** Does what a command says. Returns lines, the first of which stands out. */
  readonly answer: (command: OperatorCommand, argument: string, asker: string) => Promise<readonly string[]>;
  /** What a command changes; empty where it changes nothing. */
  readonly warning: (command: OperatorCommand) => string;
  readonly now: () => number;
  /** Names of questions, which nobody can guess. */
  readonly newId: () => string;
  readonly wait: (ms: number) => Promise<void>;
  readonly counted: (result: CommandResult) => void;
  /** Somebody who is not allowed wrote. */
  readonly stranger: (reason: string) => void;
  /** Something failed inside; the operator was told. */
  readonly failed: (error: unknown) => void;
}

interface Outcome {
  readonly result: CommandResult;
  /** For the record. */
  readonly note: string;
}

/** Answers operators, one update at a time; an update that comes twice is answered once. Never throws. */
export class CommandBot {
  readonly #parts: CommandBotParts;

  constructor(parts: CommandBotParts) {
    this.#parts = parts;
  }

  /** @param raw one update as the Bot API has it. Returns what became of it; null where it was none for us. */
  async handle(raw: unknown): Promise<CommandResult | null> {
    const update = readUpdate(raw);
    if (update === null) return null;
    const { allowedChats, stranger, counted } = this.#parts;
    if (!allowedChats.has(update.chat)) {
      stranger(`chat ${update.chat}, ${update.sender}`);
      counted('refused');
      return 'refused';
    }
    if (update.press === null && !update.isPrivate && understand(update.text).kind === 'other') return null;
    const result = await this.#recorded(update);
    counted(result);
    return result;
  }

  async #recorded(update: BotUpdate): Promise<CommandResult> {
    const { log, now, failed } = this.#parts;
    const { id, chat, sender, text } = update;
    try {
      if ((await log.begin({ id, atMs: now(), chat, sender, text })) === 'ended') return 'duplicate';
      const { result, note } = await this.#answer(update);
      await log.end(id, note);
      return result;
    } catch (error) {
      failed(error);
      await this.#send(chat, failureLines(error));
      return 'failed';
    }
  }

  async #answer(update: BotUpdate): Promise<Outcome> {
    if (update.press !== null) return this.#pressed(update, update.press);
    const { chat, text, sentAtMs, sender } = update;
    const understood = understand(text);
    if (understood.kind !== 'command') {
      const meant = understood.kind === 'unknown' ? understood.meant : undefined;
      await this.#send(chat, ['I do not know that', meant === undefined ? 'See /help' : `Did you mean /${meant}?`]);
      return { result: 'unknown', note: 'unknown' };
    }
    const { name, argument } = understood;
    const changes = this.#parts.warning(name) !== '';
    const isLate = changes && sentAtMs !== null && this.#parts.now() - sentAtMs > LATE_MS;
    if (OPERATOR_COMMANDS[name].confirm || isLate) return this.#ask(chat, name);
    return this.#do(chat, name, argument, sender, 'answered');
  }

  async #do(
    chat: string,
    name: OperatorCommand,
    argument: string,
    asker: string,
    result: CommandResult,
  ): Promise<Outcome> {
    try {
      const lines = await this.#parts.answer(name, argument, asker);
      const told = await this.#send(chat, lines);
      return { result, note: `${result}: ${lines[0]}${told ? '' : ' (not told)'}` };
    } catch (error) {
      if (!(error instanceof TwinlegError)) this.#parts.failed(error);
      await this.#send(chat, failureLines(error));
      return { result: 'failed', note: `failed: ${failureLines(error)[0]}` };
    }
  }

  async #ask(chat: string, command: OperatorCommand): Promise<Outcome> {
    const { log, now, newId } = this.#parts;
    const id = newId();
    const nowMs = now();
    const question = { id, command, chat, messageId: null, expiresMs: nowMs + CONFIRM_MS, takenBy: null };
    await log.state((state) => ask(state, question, nowMs));
    const keyboard = [
      [
        { text: `Yes, ${command}`, callback_data: `ok ${id}` },
        { text: 'No', callback_data: `no ${id}` },
      ],
    ];
    const lines = [`/${command}?`, this.#parts.warning(command), `Press within ${CONFIRM_MS / 1000} s.`];
    const text = answerText(lines);
    const { outcome, messageId } = await this.#tried(() =>
      sendText(this.#parts.api, chat, text, { reply_markup: { inline_keyboard: keyboard } }),
    );
    if (messageId === null) return { result: 'failed', note: `not asked: ${outcome.kind}` };
    await log.state((state) => bind(state, id, messageId));
    return { result: 'answered', note: 'asked to confirm' };
  }

  async #pressed(
    { id: updateId, chat, sender, text }: BotUpdate,
    press: NonNullable<BotUpdate['press']>,
  ): Promise<Outcome> {
    const { api, log, now } = this.#parts;
    const { queryId, messageId } = press;
    const [, word = '', id = ''] = /^(ok|no) (\S{1,40})$/.exec(text) ?? [];
    let command: OperatorCommand | null = null;
    await log.state((state) => {
      const taken = take(state, { id, chat, messageId, updateId }, now());
      command = taken?.command ?? null;
      return taken?.state ?? null;
    });
    const close = async (words: string) => {
      await api.call('answerCallbackQuery', { callback_query_id: queryId, text: words }, RETRY_MS * 2);
      const markup = { chat_id: chat, message_id: messageId, reply_markup: { inline_keyboard: [] } };
      await api.call('editMessageReplyMarkup', markup, RETRY_MS * 2);
    };
    if (command === null) {
      await close('This question is over: ask again');
      return { result: 'late', note: 'the question was over' };
    }
    if (word === 'no') {
      await close('Nothing was done');
      return { result: 'answered', note: `no to /${command}` };
    }
    const outcome = await this.#do(chat, command, '', sender, 'confirmed');
    await close(outcome.result === 'confirmed' ? 'Done' : 'Failed');
    return { ...outcome, note: `/${command} ${outcome.note}` };
  }

  /** Whether it was told, as far as can be known. */
  async #send(chat: string, lines: readonly string[]): Promise<boolean> {
    const { outcome } = await this.#tried(() => sendText(this.#parts.api, chat, answerText(lines)));
    return outcome.kind === 'sent' || outcome.kind === 'unknown';
  }

  /** Tries again what surely did not arrive; the far end's pause is kept. */
  async #tried(send: () => ReturnType<typeof sendText>): ReturnType<typeof sendText> {
    for (let tries = 1; ; tries++) {
      const sent = await send();
      const { kind } = sent.outcome;
      if (tries >= SEND_TRIES || (kind !== 'limited' && kind !== 'failed')) return sent;
      const pauseMs = sent.outcome.kind === 'limited' ? sent.outcome.retryAfterMs : RETRY_MS * tries;
      if (pauseMs > MOST_PAUSE_MS) return sent;
      await this.#parts.wait(pauseMs);
    }
  }
}

function failureLines(error: unknown): string[] {
  if (error instanceof TwinlegError) return [error.message, ...(error.remedy ? [error.remedy] : [])];
  return ['That failed', error instanceof Error ? error.message : String(error)];
}
