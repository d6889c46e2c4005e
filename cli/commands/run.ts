import { resolve } from 'node:path';
import { readAlertSecrets } from '#adapters/config/secrets.ts';
import type { RunOptions } from '#adapters/wiring/embedded.ts';
import type { ConfigSource } from '#adapters/wiring/hot-config.ts';
import type { LiveRun } from '#adapters/wiring/live-run.ts';
import { createMask, type Log } from '#adapters/wiring/log.ts';
import { openBoard } from '../board/board.ts';
import { boardLine } from '../board/events.ts';
import type { Command } from '../command.ts';
import { type Context, usageError } from '../context.ts';
import { duration, pnl } from '../format.ts';
import { number } from '../options.ts';

export const command: Command = {
  name: 'run',
  summary: 'trade until stopped (paper, simulated venues, unless told otherwise)',
  options: [
    { flags: '--venues <source>', about: 'simulator, real or tape:FILE (default: venues.source)' },
    { flags: '--duration <seconds>', about: 'stop after so long', parse: number({ least: 0.1, most: 2_000_000 }) },
    { flags: '--speed <n>', about: 'of a tape: 1 in its own time, 0 as fast as can be', parse: number({ least: 0 }) },
    { flags: '--record <file>', about: 'record every frame and event (gzip where it ends in .gz)' },
    {
      flags: '--port <n>',
      about: 'of /metrics, /health, /ready',
      parse: number({ least: 0, most: 65_535, whole: true }),
    },
    { flags: '--seed <n>', about: 'of the simulated market', parse: number({ whole: true, least: 0 }) },
    { flags: '--no-guards', about: 'paper only: leave the bare strategy' },
  ],
  async run(context) {
    const extra = [
      ...(context.option('venues') === undefined ? [] : [`venues.source=${context.option('venues')}`]),
      ...(context.option('port') === undefined ? [] : [`server.port=${context.option('port')}`]),
    ];
    const { config, warnings } = context.config(extra);
    const guardsOn = context.option<boolean>('guards') ?? true;
    refuseWhatCannotRun(config, guardsOn, context);
    const stop = stopOnSignals(context.log);
    const board = process.stdout.isTTY && !context.out.isJson ? openBoard(process.stdout) : null;
    const log = board === null ? context.log : boardLog(context, board.log);
    const options: RunOptions = {
      config,
      dataDir: context.common.data,
      speed: context.option('speed'),
      seed: context.option('seed'),
      durationSeconds: context.option('duration'),
      recordFile: context.option('record'),
      guardsOn,
      secrets: readAlertSecrets(context.env),
      configWarnings: warnings.map(({ path, message }) => `${path}: ${message}`),
      configSource: configSource(context, extra),
      log,
      signal: stop.signal,
      ...(board === null ? {} : { onStart: (run: LiveRun) => board.show(run) }),
    };
    try {
      const { runInOneProcess } = await import('#adapters/wiring/embedded.ts');
      const summary = await runInOneProcess(options);
      board?.close();
      context.out.result(summary, ({ trades, openPositions, pnlUsdt, ticks, decisions, seconds }) =>
        [
          `${trades} closed positions, ${pnl(pnlUsdt)} USDT; ${openPositions} open`,
          `${ticks} ticks, ${decisions} decisions in ${duration(seconds * 1000)}`,
          'npx twinleg trades, kpi, positions and why SYMBOL tell more.',
        ].join('\n'),
      );
    } finally {
      board?.close();
      stop.forget();
    }
    return undefined;
  },
};

function refuseWhatCannotRun(config: RunOptions['config'], guardsOn: boolean, context: Context): void {
  if (config.wiring === 'cloud') {
    const remedy =
      'npm run deploy brings the parts of a stage up; --wiring hybrid trades here with its state in the table';
    throw usageError('the cloud wiring has no run: a gateway and functions trade', remedy);
  }
  if (config.mode === 'live') {
    throw usageError('real orders are not there yet: mode live has no broker', 'run with --set mode=paper');
  }
  const { mode } = config.universe;
  if (config.venues.source.startsWith('tape:') && (mode === 'TOP_N' || mode === 'FULL_MARKET')) {
    throw usageError(`a tape tells no volumes to make ${mode} of`, 'use FIXED_LIST and universe.symbols');
  }
  if (!guardsOn && config.mode !== 'paper') throw usageError('--no-guards is for paper alone', 'leave it out');
  if (context.option('speed') !== undefined && !config.venues.source.startsWith('tape:')) {
    throw usageError('--speed is for a tape', 'add --venues tape:FILE, or leave --speed out');
  }
}

/** The file that the configuration is read from, and SIGHUP as the word to read it anew. */
function configSource(context: Context, extra: readonly string[]): ConfigSource {
  return {
    file: resolve(context.configFile),
    load: () => context.config(extra).config,
    onAsked(reload) {
      process.on('SIGHUP', reload);
      return () => process.off('SIGHUP', reload);
    },
  };
}

/** The first signal asks for a clean stop, a second one does not wait for it. */
function stopOnSignals(log: Log): { signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  let firstAtMs = 0;
  function onSignal(name: NodeJS.Signals): void {
    if (!controller.signal.aborted) {
      firstAtMs = performance.now();
      controller.abort(name);
    } else if (performance.now() - firstAtMs > 1000) {
      log('warn', 'stop', { message: 'stopped at once; pairs between states go on at the next start' });
      process.exit(1);
    }
  }
  const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    forget() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

/** Beside a board events go to its pane, unless stderr is a file: then they go there too. */
function boardLog(context: Context, toBoard: (line: string) => void): Log {
  const mask = createMask(context.env);
  return (level, event, fields) => {
    const line = boardLine(level, event, fields ?? {});
    if (line !== null) toBoard(mask(line));
    if (!process.stderr.isTTY) context.log(level, event, fields);
  };
}
