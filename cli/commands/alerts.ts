import type { Database } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { silence } from '#adapters/store/sqlite/silences.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { ALERT_CODES, isAlertCode } from '#core/alerts/catalogue.ts';
import { raise } from '#core/alerts/raise.ts';
import type { AlertRow } from '#core/ports/alerts.ts';
import type { Command } from '../command.ts';
import { type Context, usageError } from '../context.ts';
import { moment } from '../format.ts';
import { number } from '../options.ts';
import { paint, table } from '../output.ts';

/** Longest silence, s: a week. */
const MOST_SECONDS = 7 * 86_400;

export const command: Command = {
  name: 'alerts',
  summary: 'the alerts so far, the newest first; a trial alert; a silence for one kind',
  arguments: [
    { name: '[action]', about: 'list (the default), test, silence', choices: ['list', 'test', 'silence'] },
    { name: '[code]', about: 'silence: which alert' },
    { name: '[seconds]', about: 'silence: for how long (0 ends it)' },
  ],
  options: [{ flags: '--last <n>', about: 'how many (50)', parse: number({ least: 1, whole: true }) }],
  run(context) {
    const [action = 'list', code, seconds] = context.args;
    if (action === 'silence') return silenceCode(context, code, seconds);
    if (action === 'test') return trial(context);
    const rows = context.withStore((database) => createHistory(database).alerts(context.option<number>('last') ?? 50));
    context.out.result(rows, alertTable);
    return undefined;
  },
};

/** Queues an alert as any other; the run of the data directory tells it. */
function trial(context: Context): undefined {
  const rows = context.withStore((database) => {
    const alert = raise('TEST_ALERT', `trial ${Date.now()}`, Date.now(), 'asked for on the command line');
    createSqliteStore(database).record([], [alert]);
    return storedRow(database, alert.id);
  });
  context.out.result(rows, () => 'queued: a run that has a token and a chat tells it within seconds');
  return undefined;
}

function storedRow(database: Database, id: string): AlertRow[] {
  return createHistory(database)
    .alerts(50)
    .filter((row) => row.id === id);
}

function silenceCode(context: Context, code: string | undefined, seconds: string | undefined): undefined {
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
  const silences = context.withStore((database) => silence(database, code, nowMs + forSeconds * 1000, nowMs));
  const rows = Object.entries(silences).map(([each, untilMs]) => ({ code: each, untilMs }));
  context.out.result(rows, (all) =>
    all.length === 0
      ? 'nothing is silenced'
      : table(all, [
          { title: 'code', value: (row) => row.code },
          { title: 'not told until', value: (row) => moment(row.untilMs) },
        ]),
  );
  return undefined;
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
