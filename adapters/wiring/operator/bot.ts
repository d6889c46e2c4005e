import { randomBytes } from 'node:crypto';
import type { AlertSecrets } from '#adapters/config/secrets.ts';
import { CommandBot, type CommandBotParts } from '#adapters/notify/command-bot.ts';
import type { Config } from '#core/config.ts';
import type { OperatorMemory } from '../run-store.ts';
import { ANSWERS, WARNINGS } from './answers.ts';

type Given = Pick<CommandBotParts, 'api' | 'allowedChats' | 'now' | 'wait' | 'counted' | 'stranger' | 'failed'> & {
  readonly memory: OperatorMemory;
};

/** Answers operators from a store, wherever it is. */
export function createOperatorBot({ memory, ...given }: Given): CommandBot {
  return new CommandBot({
    ...given,
    log: memory.commands,
    answer: (command, argument, asker) => ANSWERS[command]({ ...memory, now: given.now }, argument, asker),
    warning: (command) => WARNINGS[command] ?? '',
    newId: () => randomBytes(12).toString('base64url'),
  });
}

/** The chats that may command: those that are named, else the one that alerts go to. */
export function allowedChats(
  { alerts }: Pick<Config, 'alerts'>,
  { chatId }: Pick<AlertSecrets, 'chatId'>,
): ReadonlySet<string> {
  const chats = alerts.telegram.allowedChats ?? (chatId === null ? [] : [chatId]);
  return new Set(chats.map(String));
}
