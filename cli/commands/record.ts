import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { duration } from '../format.ts';
import { number } from '../options.ts';
import { createProgress } from '../progress.ts';

export const command: Command = {
  name: 'record',
  summary: 'write what the venues send, the exchange rate too, without trading',
  arguments: [{ name: '<file>', about: 'the tape (gzip where it ends in .gz)' }],
  options: [
    { flags: '--duration <seconds>', about: 'stop after so long', parse: number({ least: 0.1, most: 2_000_000 }) },
    { flags: '--rotate <unit>', about: 'begin a file of its own each hour (UTC), named after it' },
    {
      flags: '--from <where>',
      about: 'cloud: what the deployed functions judged (cloud.logTicks), as <file>.ticks.jsonl',
    },
    { flags: '--venues <source>', about: 'simulator or real (default: venues.source)' },
  ],
  async run(context) {
    const rotate = context.option<string>('rotate');
    if (rotate !== undefined && rotate !== 'hour') {
      const { usageError } = await import('../context.ts');
      throw usageError(`--rotate takes hour, not ${rotate}`, 'leave it out for one file');
    }
    const from = context.option<string>('from');
    if (from !== undefined) return recordFrom(from, context);
    const venues = context.option<string>('venues');
    const { config } = context.config(venues === undefined ? [] : [`venues.source=${venues}`]);
    const signal = stopSignal();
    const { recordVenues } = await import('#adapters/wiring/record.ts');
    const progress = createProgress(process.stderr, 'frames');
    const summary = await recordVenues({
      config,
      file: context.args[0]!,
      durationSeconds: context.option('duration'),
      rotateHourly: rotate === 'hour',
      log: context.log,
      signal,
      progress: progress.show,
    });
    progress.done();
    context.out.result(
      summary,
      ({ frames, bytes, seconds, files }) =>
        `${frames} frames, ${bytes} bytes in ${duration(seconds * 1000)} → ${files.join(', ')}`,
    );
    return undefined;
  },
};

/** Ends with the process's own signals. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort(name));
  return stop.signal;
}

async function recordFrom(from: string, context: Context): Promise<undefined> {
  if (from !== 'cloud') {
    const { usageError } = await import('../context.ts');
    throw usageError(`--from takes cloud, not ${from}`, 'leave it out to record what the venues send');
  }
  const { config } = context.config([]);
  const { recordCloud } = await import('#adapters/wiring/record-cloud.ts');
  const summary = await recordCloud({
    config,
    file: context.args[0]!,
    durationSeconds: context.option('duration'),
    signal: stopSignal(),
  });
  const told = ({ file, ticks, seconds }: typeof summary) =>
    `${ticks} judged ticks in ${duration(seconds * 1000)} → ${file}`;
  context.out.result(summary, told);
  return undefined;
}
