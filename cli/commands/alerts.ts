import { type Alerting, withAlerting } from '#adapters/wiring/alerting.ts';
import { ALERT_CODES, isAlertCode } from '#core/alerts/catalogue.ts';
import { raise } from '#core/alerts/raise.ts';
import type { AlertRow } from '#core/ports/alerts.ts';
import type { CommandRow } from '#core/ports/operator.ts';
import type { Command } from '../command.ts';
import { type Context, usageError } from '../context.ts';
import { moment } from '../format.ts';
import { number } from '../options.ts';
import { paint, table } from '../output.ts';

/** Longest silence, s: a week. */
const MOST_SECONDS = 7 * 86_400;

export const command: Command = {
  name: 'alerts',
  summary:
    'the alerts so far, the newest first; a trial alert; a silence for one kind; who commanded what; Telegram’s webhook',
  arguments: [
    {
      name: '[action]',
      about: 'list (the default), test, silence, commands, webhook',
      choices: ['list', 'test', 'silence', 'commands', 'webhook'],
    },
    {
      name: '[code]',
      about: 'silence: which alert; webhook: where Telegram posts commands (an https address, or off)',
    },
    { name: '[seconds]', about: 'silence: for how long (0 ends it)' },
  ],
  options: [{ flags: '--last <n>', about: 'how many (50)', parse: number({ least: 1, whole: true }) }],
  async run(context) {
    const [action = 'list', code, seconds] = context.args;
    const last = context.option<number>('last') ?? 50;
    if (action === 'silence') await silenceCode(context, code, seconds);
    else if (action === 'test') await trial(context);
    else if (action === 'webhook') await webhook(context, code);
    else if (action === 'commands') context.out.result(await on(context, ({ commands }) => commands.list(last)), asked);
    else context.out.result(await on(context, ({ book }) => book.list(last)), alertTable);
    return undefined;
  },
};

function on<T>(context: Context, work: (alerting: Alerting) => Promise<T>): Promise<T> {
  return withAlerting(context.storePlace(), work);
}

/** Queues an alert as any other; whoever trades on the store tells it. */
async function trial(context: Context): Promise<void> {
  const alert = raise('TEST_ALERT', `trial ${Date.now()}`, Date.now(), 'asked for on the command line');
  const rows = await on(context, async ({ book }) => {
    await book.raise(alert);
    return (await book.list(50)).filter(({ id }) => id === alert.id);
  });
  context.out.result(rows, () => 'queued: a run that has a token and a chat tells it within seconds');
}

/** Tells Telegram where to post the commands of a stage's operators, and what it has. */
async function webhook(context: Context, url: string | undefined): Promise<void> {
  const { config } = context.config();
  if (config.wiring !== 'cloud')
    throw usageError('a webhook is of the cloud wiring; a run asks Telegram by itself', 'add --wiring cloud');
  const { telegramWebhook } = await import('#adapters/wiring/telegram-webhook.ts');
  context.out.result(await telegramWebhook(config, context.env, url), ({ url: to, pending, lastError }) => {
    if (to === null) return 'Telegram posts nowhere';
    return `Telegram posts to ${to}; ${pending} wait${lastError === null ? '' : `; it failed last: ${lastError}`}`;
  });
}

async function silenceCode(context: Context, code: string | undefined, seconds: string | undefined): Promise<void> {
  if (code === undefined || !isAlertCode(code)) {
    throw usageError(
      code === undefined ? 'silence needs the code of an alert' : `there is no alert ${code}`,
      `one of ${ALERT_CODES.join(', ')}`,
    );
  }
  const forSeconds = Number(seconds);
  if (seconds === undefined || !Number.isFinite(forSeconds) || forSeconds < 0 || forSeconds > MOST_SECONDS)
    throw usageError('silence needs a number of seconds', `silence ${code} 3600; at most ${MOST_SECONDS}, 0 ends it`);
  const nowMs = Date.now();
  const silences = await on(context, ({ book }) => book.silence(code, nowMs + forSeconds * 1000, nowMs));
  const rows = Object.entries(silences).map(([each, untilMs]) => ({ code: each, untilMs }));
  context.out.result(rows, (all) =>
    all.length === 0
      ? 'nothing is silenced'
      : table(all, [
          { title: 'code', value: (row) => row.code },
          { title: 'not told until', value: (row) => moment(row.untilMs) },
        ]),
  );
}

/** What operators asked the bot for. */
function asked(rows: readonly CommandRow[]): string {
  if (rows.length === 0) return 'no command so far';
  return table(rows, [
    { title: 'at', value: ({ atMs }) => moment(atMs) },
    { title: 'who', value: ({ sender }) => sender },
    { title: 'chat', value: ({ chat }) => chat },
    { title: 'asked', value: ({ text }) => text },
    { title: 'outcome', value: ({ outcome }) => outcome ?? 'not ended' },
  ]);
}

function alertTable(rows: readonly AlertRow[]): string {
  if (rows.length === 0) return 'no alert so far';
  return table(rows, [
    {
      title: '',
      value: ({ severity }) => paint(severity === 'P0' || severity === 'P1' ? 'red' : 'yellow', severity),
    },
    { title: 'at', value: ({ atMs }) => moment(atMs) },
    {
      title: 'over',
      value: ({ resolvedAtMs }) => (resolvedAtMs === null ? paint('red', 'open') : moment(resolvedAtMs)),
    },
    { title: 'told', value: ({ deliveredAtMs }) => (deliveredAtMs === null ? '–' : moment(deliveredAtMs)) },
    { title: 'code', value: ({ code }) => code },
    { title: 'what', value: ({ title }) => title },
    { title: 'why', value: ({ reason }) => reason },
    { title: 'what to do', value: ({ action }) => action },
  ]);
}
