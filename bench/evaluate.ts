import { subscribe } from 'node:diagnostics_channel';
import type { SQSEvent } from 'aws-lambda';
import { configVersion } from '#core/config-version.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { evaluate } from '../functions/evaluate.ts';
import { openStage } from '../test/support/cloud/stage.ts';
import { TickMaker } from '../test/support/cloud/ticks.ts';
import { EMULATORS } from '../test/support/emulators/emulators.ts';
import { below, type Figure, median, plain } from './report.ts';

const WARM_UP = 150;
const ROUNDS = 400;
/** Entry and exit in turn. */
const TRADES_WARM_UP = 300;
const TRADES = 200;
/** Upbit dearer by so much, then cheaper by as much: each batch decides. */
const GAP = 0.02;
const BATCH = 10;
const SYMBOL = 'BTC/USDT';

/** Time during which at least one request to AWS is out: that is the emulator's, not ours. */
class Waiting {
  #out = 0;
  #sinceMs = 0;
  totalMs = 0;
  requests = 0;

  constructor() {
    subscribe('http.client.request.start', () => {
      this.requests++;
      if (this.#out++ === 0) this.#sinceMs = performance.now();
    });
    const answered = () => {
      if (this.#out > 0 && --this.#out === 0) this.totalMs += performance.now() - this.#sinceMs;
    };
    subscribe('http.client.response.finish', answered);
    subscribe('http.client.request.error', answered);
  }
}

/**
 * `evaluate` when it is warm, a batch of ten ticks of one symbol in which nothing is to be decided, and one which opens a
 * position: our own time, and beside it what the emulator of SQS and DynamoDB took.
 */
export async function benchEvaluate(): Promise<Figure[]> {
  const emulator = await EMULATORS.ministack.start();
  const settings = {
    'universe.symbols': [SYMBOL],
    'strategy.cooldownSeconds': 0,
    'paper.latencyMs': 0,
    'guards.fxInsane.maxDeviation': null,
    'guards.tradesPerMinute.max': null,
    'guards.consecutiveLosses.max': null,
    'guards.tickCoarse.maxTickBps': null,
    'guards.dailyLoss.maxUsdt': null,
    'guards.drawdown.maxUsdt': null,
    'guards.symbolDailyLoss.maxUsdt': null,
  };
  // What goes on with a pair later would be counted here too.
  const stage = await openStage(emulator, settings, { executes: false });
  try {
    const { parts } = stage;
    const instruments = [builtInInstrument(SYMBOL)!];
    const list = { symbols: [SYMBOL], draining: [], volumesUsdt: {} };
    await parts.deployments.write({
      list,
      instruments,
      configVersion: configVersion(parts.config),
      memory: null,
      atMs: 1,
    });
    await parts.store.publishConfiguration('bench');
    const compiled = compileSettings(parts.config, new Map([[SYMBOL, instruments[0]!]]), { guardsOn: true });
    const maker = new TickMaker(compiled, 1);
    let quotes = 0;
    const batch = (gap: number): SQSEvent => {
      const Records = [];
      while (Records.length < BATCH) {
        // A book that says the same again and again would count as frozen.
        for (const { body } of maker.quote(SYMBOL, gap, 1e6 + quotes++, Date.now())) {
          if (Records.length < BATCH) Records.push({ body, eventSourceARN: 'arn:aws:sqs:x:0:q', attributes: {} });
        }
      }
      return { Records } as unknown as SQSEvent;
    };
    const waiting = new Waiting();
    const measure = async (event: SQSEvent) => {
      const { totalMs: beforeWaitMs, requests: requestsBefore } = waiting;
      const cpu = process.cpuUsage();
      const startedMs = performance.now();
      await evaluate(event, parts);
      const wallMs = performance.now() - startedMs;
      const { user, system } = process.cpuUsage(cpu);
      const theirsMs = waiting.totalMs - beforeWaitMs;
      return {
        ownMs: wallMs - theirsMs,
        theirsMs,
        cpuMs: (user + system) / 1000,
        requests: waiting.requests - requestsBefore,
      };
    };
    for (let i = 0; i < WARM_UP; i++) await evaluate(batch(0), parts);
    const quiet = [];
    for (let i = 0; i < ROUNDS; i++) quiet.push(await measure(batch(0)));
    const decide = async (i: number) => {
      const loggedBefore = stage.logged.length;
      const measured = await measure(batch(i % 2 === 0 ? GAP : -GAP));
      const decided = stage.logged.slice(loggedBefore).find(({ event }) => event === 'decision');
      if (decided === undefined) throw new Error(`batch ${i} decided nothing`);
      return { ...measured, decision: decided.fields.decision };
    };
    for (let i = 0; i < TRADES_WARM_UP; i++) await decide(i);
    const decided = [];
    for (let i = 0; i < TRADES; i++) decided.push(await decide(i));
    return [
      ...figures('nothing to decide', quiet),
      ...figures(
        'an entry',
        decided.filter(({ decision }) => decision === 'ENTER'),
      ),
      ...figures(
        'an exit',
        decided.filter(({ decision }) => decision === 'EXIT'),
      ),
    ];
  } finally {
    await stage.close();
    await emulator.stop();
  }
}

interface Measured {
  readonly ownMs: number;
  readonly theirsMs: number;
  readonly cpuMs: number;
  readonly requests: number;
}

function figures(what: string, rounds: readonly Measured[]): Figure[] {
  const requests = rounds.reduce((sum, round) => sum + round.requests, 0) / rounds.length;
  const middle = (pick: (round: Measured) => number) => median(rounds.map(pick));
  const mean = rounds.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / rounds.length;
  return [
    below(`${what}: own processor time, mean`, mean, 'ms', 5),
    below(
      `${what}: own processor time, median`,
      middle(({ cpuMs }) => cpuMs),
      'ms',
      5,
    ),
    below(
      `${what}: elapsed less the emulator, median`,
      middle(({ ownMs }) => ownMs),
      'ms',
      5,
    ),
    plain(
      `${what}: waiting for the emulator, median`,
      middle(({ theirsMs }) => theirsMs),
      'ms',
    ),
    plain(`${what}: requests`, requests, 'requests'),
  ];
}
