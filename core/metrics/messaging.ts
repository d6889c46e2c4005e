import { SEVERITIES } from '../alerts/types.ts';
import { COMMAND_POLLS, COMMAND_RESULTS, MESSAGE_RESULTS, WEBHOOK_RESULTS } from './labels.ts';
import { counter, gauge } from './spec.ts';

/** In the cloud by the functions that speak with the operator: whoever raised it, an alert goes through them. */
const sources = ['run', 'messenger'] as const;

/** Alerts and the operator's commands on their way. */
export const MESSAGING_METRICS = {
  alerts: counter('alerts_total', {
    unit: 'events',
    help: 'Alerts raised; in the cloud as they come into the history.',
    labels: { severity: SEVERITIES },
    sources,
  }),
  alertMessages: counter('alert_messages_total', {
    unit: 'messages',
    help: 'Messages to the operator by what became of them.',
    labels: { result: MESSAGE_RESULTS },
    sources,
  }),
  alertOldestWaiting: gauge('alert_oldest_waiting_seconds', {
    unit: 'seconds',
    help: 'Age of the oldest alert that is still to be told.',
    labels: {},
    sources: ['run', 'gateway'],
  }),
  webhooks: counter('webhooks_total', {
    unit: 'events',
    help: 'Calls of the webhooks, Alertmanager’s and in the cloud Telegram’s, by what became of them.',
    labels: { result: WEBHOOK_RESULTS },
    sources,
  }),
  commands: counter('commands_total', {
    unit: 'events',
    help: 'Commands of operators by what became of them.',
    labels: { result: COMMAND_RESULTS },
    sources,
  }),
  commandPolls: counter('command_polls_total', {
    unit: 'events',
    help: 'Times that commands of operators were asked for, by what became of it.',
    labels: { result: COMMAND_POLLS },
    sources: ['run'],
  }),
} as const;
