import { CommandPoller, type PollResult } from '#adapters/notify/command-poller.ts';
import { createTelegramApi } from '#adapters/notify/telegram-api.ts';
import { pause } from '#adapters/pause.ts';
import { plainText } from '#core/alerts/text.ts';
import { allowedChats, createOperatorBot } from './operator/bot.ts';
import type { RunAlertsParts } from './run-alerts.ts';
import type { OperatorMemory } from './run-store.ts';

type RunOperatorParts = Pick<RunAlertsParts, 'config' | 'secrets' | 'telemetry' | 'log' | 'now'> & {
  readonly memory: OperatorMemory;
  readonly refused: (code: 'COMMAND_REFUSED' | 'COMMANDS_CONTESTED', reason: string) => void;
  readonly failed: (error: unknown) => void;
};

/** Answers the operator's commands while a run goes on. @returns what ends it; it does nothing without token or chats */
export function startOperator(parts: RunOperatorParts): () => Promise<void> {
  const { config, memory, secrets, telemetry, log, now, refused, failed } = parts;
  const allowed = allowedChats(config, secrets);
  if (secrets.botToken === null || allowed.size === 0) return async () => {};
  const ending = new AbortController();
  const { signal } = ending;
  const wait = (ms: number) => pause(ms, signal);
  const api = createTelegramApi(secrets.botToken, config.alerts.telegram.apiRoot);
  const bot = createOperatorBot({
    api,
    memory,
    allowedChats: allowed,
    now,
    wait,
    counted(result) {
      telemetry.messaging.command(result);
      log('info', 'command', { result });
    },
    stranger: (reason) => refused('COMMAND_REFUSED', reason),
    failed,
  });
  let last: PollResult = 'ok';
  const poller = new CommandPoller({
    api,
    bot,
    log: memory.commands,
    wait,
    signal,
    polled(result, description) {
      telemetry.commandPoll(result);
      const message = plainText(description, 300);
      if (result === 'conflict') refused('COMMANDS_CONTESTED', message);
      // Told when it changes: a bot that cannot be reached is asked twice a minute.
      if (result !== last) log(result === 'ok' ? 'info' : 'warn', 'command_poll', { result, message });
      last = result;
    },
    failed,
  });
  const running = poller.run();
  return async () => {
    ending.abort();
    await running;
  };
}
