import { risen } from '../each-run.ts';
import type { AlertSpec } from '../types.ts';

/** Alerts about alerting, commands and queues. */
export const MESSAGING_ALERTS = {
  TELEGRAM_DOWN: {
    severity: 'P2',
    title: 'Telegram does not take messages',
    condition: 'messages have been waiting for a minute because Telegram fails or refuses',
    source: 'log',
    action: 'Check token, chat id and network. What waits is kept and is sent when Telegram answers.',
    lasts: 'condition',
    prometheus: { expr: 'twinleg_alert_oldest_waiting_seconds > 60', for: '1m' },
  },
  MESSAGE_REFUSED: {
    severity: 'P2',
    title: 'A message was refused for good',
    condition: 'Telegram refused one message in every form, while it takes others',
    source: 'log',
    action: 'Read the alert itself with `npx twinleg alerts list`. Its text is kept there.',
    lasts: 'event',
    prometheus: null,
  },
  WEBHOOK_REFUSED: {
    severity: 'P2',
    title: 'A forged or faulty webhook was refused',
    condition: 'a webhook came without the secret, with a wrong one, or with a body that makes no sense',
    source: 'log',
    action: 'Check ALERTMANAGER_WEBHOOK_SECRET on both sides. If that is right, somebody else calls: close the port.',
    lasts: 'condition',
    prometheus: { expr: risen('webhooks_total', 'result!="accepted"', '5m', '> 0'), for: '0s' },
  },
  COMMAND_REFUSED: {
    severity: 'P3',
    title: 'A stranger sent the bot a command',
    condition: 'a command came from a chat that is not allowed',
    source: 'log',
    action: 'Nothing was done or answered. If it is you, add the chat to alerts.telegram.allowedChats.',
    lasts: 'condition',
    prometheus: { expr: risen('commands_total', 'result="refused"', '5m', '> 0'), for: '0s' },
  },
  COMMANDS_CONTESTED: {
    severity: 'P2',
    title: 'Another program reads the bot’s commands',
    condition: 'Telegram refuses to hand out commands, as another process polls or a webhook is set',
    source: 'log',
    action:
      'Stop the other process, or give this one a bot of its own. Commands may not arrive here: use the command line.',
    lasts: 'condition',
    prometheus: { expr: risen('command_polls_total', 'result="conflict"', '5m', '> 0'), for: '0s' },
  },
  QUEUE_BACKLOG: {
    severity: 'P1',
    title: 'A queue is falling behind',
    condition: 'ticks are older than ten seconds when a function gets them, on the mean of two minutes',
    source: 'alertmanager',
    action: 'Check the functions’ errors and concurrency. Old ticks are dropped, positions wait meanwhile.',
    lasts: 'condition',
    prometheus: {
      expr: 'sum(rate(twinleg_tick_transit_seconds_sum[2m])) / sum(rate(twinleg_tick_transit_seconds_count[2m])) > 10',
      for: '1m',
    },
  },
  DEAD_LETTERS: {
    severity: 'P2',
    title: 'Messages ended as dead letters',
    condition: 'a message could not be handled and was put aside',
    source: 'alertmanager',
    action: 'Read the reasons in the dead-letter queue, mend the cause, and replay what still counts.',
    lasts: 'condition',
    prometheus: {
      expr: 'sum by (reason) (increase(twinleg_dead_letters_total{reason!="too_old"}[5m])) > 0',
      for: '0s',
    },
  },
  EXTERNAL_ALERT: {
    severity: 'P2',
    title: 'Alertmanager tells of an alert of its own',
    condition: 'Alertmanager sent an alert that is not in this catalogue',
    source: 'alertmanager',
    action: 'Look at Prometheus for the rule of that name.',
    lasts: 'condition',
    prometheus: null,
  },
  TEST_ALERT: {
    severity: 'P3',
    title: 'This is a trial',
    condition: 'an operator ran `npx twinleg alerts test`',
    source: 'log',
    action: 'Nothing. It has arrived.',
    lasts: 'event',
    prometheus: null,
  },
} as const satisfies Record<string, AlertSpec>;
