import type { OneShotUniverse } from '#adapters/wiring/universe-once.ts';
import type { Command } from '../command.ts';
import { usageError } from '../context.ts';
import { paint, table } from '../output.ts';

type Row = OneShotUniverse['excluded'][number];

export const command: Command = {
  name: 'universe',
  summary: 'what would be traded now, and what not, with reasons',
  options: [{ flags: '--venues <source>', about: 'simulator or real (default: venues.source)' }],
  async run(context) {
    const venues = context.option<string>('venues');
    const { config } = context.config(venues === undefined ? [] : [`venues.source=${venues}`]);
    if (config.venues.source.startsWith('tape:')) {
      throw usageError('a tape tells neither volumes nor rules', 'use --venues simulator or --venues real');
    }
    const { universeOnce } = await import('#adapters/wiring/universe-once.ts');
    const { stderr } = process;
    const tell = (text: string) => stderr.isTTY && stderr.write(`\r\x1b[K${text}`);
    tell('asking both venues …');
    try {
      const universe = await universeOnce(config, context.log);
      tell('');
      context.out.result(universe, describe);
    } finally {
      tell('');
    }
    return undefined;
  },
};

function describe({ mode, included, excluded, warnings }: OneShotUniverse): string {
  const figure = (value: number | string | null) =>
    typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 2 }) : (value ?? '–');
  const why = (title: string, rows: readonly Row[]) =>
    rows.length === 0
      ? []
      : [
          '',
          table(rows, [
            { title, value: (row) => row.symbol },
            { title: 'reason', value: (row) => paint('yellow', row.reason) },
            { title: 'found', align: 'right', value: (row) => figure(row.value) },
            { title: 'limit', align: 'right', value: (row) => figure(row.limit) },
          ]),
        ];
  return [
    `${mode}: ${included.length} included, ${excluded.length} excluded`,
    '',
    table(included, [
      { title: 'rank', align: 'right', value: (row) => String(row.rank) },
      { title: 'symbol', value: (row) => row.symbol },
      {
        title: '24 h volume USDT',
        align: 'right',
        value: (row) => figure(row.volumeUsdt && Math.round(row.volumeUsdt)),
      },
    ]),
    ...why('excluded', excluded),
    ...why('warnings', warnings),
  ].join('\n');
}
