import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { decodeJudged } from '#adapters/bus/sqs/judged.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { drainTickLog } from '#adapters/bus/sqs/tick-log.ts';
import { refuseExisting } from '#adapters/recording/tapes.ts';
import { inJudgedOrder, type TicksHead, ticksFileOf } from '#adapters/recording/ticks.ts';
import type { Config } from '#core/config.ts';
import { TwinlegError } from '#core/errors.ts';
import { openCloudStore } from './cloud-store.ts';

export interface CloudRecordOptions {
  readonly config: Config;
  readonly file: string;
  readonly signal: AbortSignal;
  readonly durationSeconds: number | undefined;
}

export interface CloudRecordSummary {
  readonly file: string;
  readonly ticks: number;
  readonly seconds: number;
}

const ATTEMPTS = 5;
/** Once stopped, lines that go on coming are left for the next recording, ms. */
const LAST_LINES_MS = 5000;

/**
 * Collects what functions judged from the log of ticks (`cloud.logTicks`) into one file, in the order of judgement, until
 * stopped; what lies in the log then is still taken.
 *
 * @throws TwinlegError `NOTHING_DEPLOYED`, `AWS_…`
 */
export async function recordCloud(options: CloudRecordOptions): Promise<CloudRecordSummary> {
  const { config, signal, durationSeconds } = options;
  const file = ticksFileOf(options.file);
  refuseExisting(file, 'name another file');
  const part = `${file}.part`;
  // What it holds is gone from the log: nobody has it but this file.
  refuseExisting(part, 'a recording was cut off there: move it away, or name another file');
  const startedMs = performance.now();
  const { store, deployments, close } = openCloudStore(config, process.env.AWS_ENDPOINT_URL);
  const [deployment, startingState] = await Promise.all([deployments.read(), store.load()]).finally(close);
  if (deployment === null) {
    const remedy = 'deploy first, and let the universe function make its list';
    throw new TwinlegError('NOTHING_DEPLOYED', `stage ${config.cloud.stage} trades nothing yet`, remedy);
  }
  const { list, instruments } = deployment;
  const versions = new Map(startingState.symbols.map(({ symbol, version }) => [symbol, version]));
  const head: TicksHead = {
    v: 1,
    kind: 'head',
    atMs: Date.now(),
    config,
    deployment: { list, instruments },
    startingState,
  };
  const texts: string[] = [];
  writeFileSync(part, `${JSON.stringify(head)}\n`);
  const routing = createRouting(config.cloud);
  const sqs = createSqsClient(config.cloud.region, ATTEMPTS);
  let stoppedMs = Number.POSITIVE_INFINITY;
  const isOver = (idle: boolean) => {
    const elapsedMs = performance.now() - startedMs;
    const isStopped = signal.aborted || (durationSeconds !== undefined && elapsedMs >= durationSeconds * 1000);
    if (isStopped) stoppedMs = Math.min(stoppedMs, elapsedMs);
    return isStopped && (idle || elapsedMs - stoppedMs > LAST_LINES_MS);
  };
  try {
    await drainTickLog(sqs, createQueueUrls(sqs), routing, {
      keep(lines) {
        appendFileSync(part, lines.map((line) => `${line}\n`).join(''));
        texts.push(...lines);
      },
      isOver,
    });
  } finally {
    sqs.destroy();
  }
  // What was judged before the state that the file begins with is in that state already.
  const since = inJudgedOrder(texts).filter((text) => {
    const line = decodeJudged(text)!;
    return line.version >= (versions.get(line.symbol) ?? 0);
  });
  const sorted = `${file}.sorted`;
  writeFileSync(sorted, [JSON.stringify(head), ...since].map((line) => `${line}\n`).join(''));
  renameSync(sorted, file);
  rmSync(part);
  return { file, ticks: since.length, seconds: (performance.now() - startedMs) / 1000 };
}
