import { createHistory } from '#adapters/store/sqlite/history.ts';
import type { Command } from '../command.ts';
import { moment } from '../format.ts';
import { number } from '../options.ts';
import { paint, table } from '../output.ts';

export const command: Command = {
  name: 'alerts',
  summary: 'the alerts so far, the newest first',
  arguments: [{ name: '[action]', about: 'what to do with them', choices: ['list'] }],
  options: [{ flags: '--last <n>', about: 'how many (50)', parse: number({ least: 1, whole: true }) }],
  run(context) {
    const rows = context.withStore((database) => createHistory(database).alerts(context.option<number>('last') ?? 50));
    const full = rows.map((alert) => ({
      ...alert,
      resolvedAtMs: null,
      runbook: null,
      runId: null,
      deliveredAtMs: null,
    }));
    context.out.result(full, (all) => {
      if (all.length === 0) return 'no alert so far';
      return table(all, [
        {
          title: '',
          value: ({ severity }) => paint(severity === 'P0' || severity === 'P1' ? 'red' : 'yellow', severity),
        },
        { title: 'at', value: ({ atMs }) => moment(atMs) },
        { title: 'code', value: ({ code }) => code },
        { title: 'what', value: ({ title }) => title },
        { title: 'why', value: ({ reason }) => reason },
        { title: 'what to do', value: ({ action }) => action },
      ]);
    });
    return undefined;
  },
};
