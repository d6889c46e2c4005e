import { firstTimeOf } from '#adapters/tape/reader.ts';
import type { BacktestResult, TapeRun } from '#adapters/wiring/backtest.ts';
import { paperTapeRun } from '#adapters/wiring/tape-run.ts';
import type { Command } from '../command.ts';
import { type Context, usageError } from '../context.ts';
import { duration, moment, percent, pnl } from '../format.ts';
import { number } from '../options.ts';
import { createProgress } from '../progress.ts';
import { tradeTable } from '../views.ts';

export const command: Command = {
  name: 'backtest',
  summary: 'replay tapes through the same engine',
  options: [
    { flags: '--tape <file...>', about: 'recordings, or bare tapes, in any order' },
    {
      flags: '--ticks <file>',
      about: 'what deployed functions judged, as `record --from cloud` wrote it, instead of tapes',
    },
    { flags: '--no-guards', about: 'leave the bare strategy' },
    {
      flags: '--latency-ms <n>',
      about: 'from an order’s sending to its venue (default: as recorded, or paper.latencyMs)',
      parse: number({ least: 0, most: 600_000, whole: true }),
    },
    { flags: '--instruments <file>', about: 'lots, ticks and minimums by symbol, as JSON' },
  ],
  async run(context) {
    const files = context.option<string[]>('tape') ?? [];
    const ticks = context.option<string>('ticks');
    if (ticks !== undefined && files.length > 0)
      throw usageError('--tape and --ticks exclude each other', 'name one of them');
    if (ticks !== undefined && (context.option('latencyMs') ?? context.option('instruments')) !== undefined)
      throw usageError(
        '--ticks takes latency and instruments as they were',
        'leave --latency-ms and --instruments out',
      );
    if (ticks !== undefined) return replayTicks(context, ticks);
    if (files.length === 0) throw usageError('no tape was named', 'npx twinleg backtest --tape FILE');
    const ordered = await inOrderOfTime(files);
    const runs = ordered.map((file) => tapeRun(context, file));
    const { backtest } = await import('#adapters/wiring/backtest.ts');
    const progress = createProgress(process.stderr, 'frames');
    const result = await backtest(runs, {
      warn: (message) => context.log('warn', 'tape', { message }),
      measureMs: () => performance.now(),
      progress: progress.show,
    });
    progress.done();
    context.out.result(result, describe);
    return undefined;
  },
};

/** Latency and instruments are as they were: other ones would be other fills at the clocks of then. */
async function replayTicks(context: Context, file: string): Promise<undefined> {
  const { backtestTicks } = await import('#adapters/wiring/ticks-replay.ts');
  const result = await backtestTicks(
    {
      file,
      guardsOn: context.option<boolean>('guards') !== false,
      configure: (recorded) => context.config([], recorded).config,
    },
    { warn: (message) => context.log('warn', 'ticks', { message }), measureMs: () => performance.now() },
  );
  context.out.result(result, describe);
  return undefined;
}

/** Tapes are taken in order of their first time; one without any keeps its place at the end. */
async function inOrderOfTime(files: readonly string[]): Promise<string[]> {
  if (files.length === 1) return [...files];
  const firsts = new Map<string, number>();
  for (const file of files) firsts.set(file, (await firstTimeOf(file)) ?? Number.POSITIVE_INFINITY);
  return [...files].sort((a, b) => firsts.get(a)! - firsts.get(b)!);
}

function tapeRun(context: Context, file: string): TapeRun {
  const latencyMs = context.option<number>('latencyMs');
  return paperTapeRun(file, {
    instrumentsFile: context.option('instruments'),
    guardsOn: context.option<boolean>('guards') === false ? false : undefined,
    configure: (base) => context.config(latencyMs === undefined ? [] : [`paper.latencyMs=${latencyMs}`], base).config,
  });
}

function describe(result: BacktestResult): string {
  const { tape, trades, open, pnlUsdt, kpi, guardTriggers, seconds, framesPerSecond, configVersion } = result;
  const triggers = Object.entries(guardTriggers).map(([code, count]) => `${code} ${count}`);
  const left = [
    [tape.rejectedFrames, 'rejected'],
    [tape.earlierLines, 'earlier than the line before and judged at its time'],
    [tape.foreignFrames, 'of other coins'],
  ] as const;
  const apart = left.map(([count, what]) => (count === 0 ? '' : `, ${count} ${what}`)).join('');
  const lines = [
    tape.files.join(', '),
    `${tape.frames.toLocaleString('en-US')} frames${apart}, ${moment(tape.firstMs)} – ${moment(tape.lastMs)}`,
    `configuration ${configVersion}, ${duration(seconds * 1000)}, ${framesPerSecond.toLocaleString('en-US')} frames/s`,
    '',
    trades.length === 0 ? 'no closed position' : tradeTable(trades),
    '',
    `${trades.length} closed positions, ${pnl(pnlUsdt)} USDT, win rate ${percent(kpi.total.winRate)}; ${open.length} open`,
  ];
  if (triggers.length > 0) lines.push(`refused by ${triggers.join(', ')}`);
  return lines.join('\n');
}
