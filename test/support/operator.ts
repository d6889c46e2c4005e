import { setTimeout as sleep } from 'node:timers/promises';
import { CommandBot, type CommandResult } from '#adapters/notify/command-bot.ts';
import { CommandPoller, type PollResult } from '#adapters/notify/command-poller.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import { createSqliteAlertBook } from '#adapters/store/sqlite/alert-book.ts';
import { createOperatorLog } from '#adapters/store/sqlite/operator-log.ts';
import { createSqliteRecords } from '#adapters/store/sqlite/records.ts';
import { ANSWERS, WARNINGS } from '#adapters/wiring/operator/answers.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import type { BotApi } from '../../simulator/bot-api.ts';
import type { AlertStore } from './alert-store.ts';

let names = 0;

/** The product's own reader of commands on a store, without a run. */
export class Operator {
  readonly results: CommandResult[] = [];
  readonly polls: PollResult[] = [];
  readonly strangers: string[] = [];
  readonly errors: unknown[] = [];
  /** Added to the clock, ms. */
  laterMs = 0;
  readonly log: OperatorLog;
  readonly bot: CommandBot;
  readonly #ending = new AbortController();
  readonly #poller: CommandPoller;
  #running: Promise<void> = Promise.resolve();

  constructor(store: AlertStore, api: BotApi, token: string, chats: readonly string[], log?: OperatorLog) {
    const { database } = store;
    const { signal } = this.#ending;
    this.log = log ?? createOperatorLog(database);
    const now = () => Date.now() + this.laterMs;
    const answering = {
      records: createSqliteRecords(database, () => true),
      book: createSqliteAlertBook(database),
      now,
    };
    const shared = {
      api: createTelegramApi(token, api.url),
      log: this.log,
      // A pause that the far end asks for is kept in full by its own clock; the rest need not be waited for.
      wait: (ms: number) => sleep(Math.min(ms, 20), undefined, { signal }).catch(() => {}),
      failed: (error: unknown) => void this.errors.push(error),
    };
    this.bot = new CommandBot({
      ...shared,
      allowedChats: new Set(chats),
      answer: (command, argument, asker) => ANSWERS[command](answering, argument, asker),
      warning: (command) => WARNINGS[command] ?? '',
      now,
      newId: () => `question-${names++}`,
      counted: (result) => void this.results.push(result),
      stranger: (reason) => void this.strangers.push(reason),
    });
    this.#poller = new CommandPoller({ ...shared, bot: this.bot, signal, polled: (result) => this.polls.push(result) });
  }

  start(): void {
    this.#running = this.#poller.run();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }
}
