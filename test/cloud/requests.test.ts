import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BatchGetItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { configVersion } from '#core/config-version.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { plainList } from '#core/universe/list.ts';
import { evaluate } from '../../functions/evaluate.ts';
import { type SeenCall, SeenCalls } from '../support/cloud/calls.ts';
import { openStage, type Stage } from '../support/cloud/stage.ts';
import { TickMaker } from '../support/cloud/ticks.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const skip = missingEmulator('ministack') ?? false;
const SYMBOL = 'BTC/USDT';
const INSTRUMENT = builtInInstrument(SYMBOL)!;
/** Upbit dearer by this opens. */
const GAP = 0.02;

interface Invocation {
  readonly calls: readonly SeenCall[];
  /** What became of its ticks. */
  readonly counts: Readonly<Record<string, number>>;
  /** States that pairs were brought to. */
  readonly pairs: number;
}

describe('what one invocation of evaluate asks of the table', { skip }, () => {
  const seen = new SeenCalls();
  let emulator: Emulator;
  let stage: Stage;
  let maker: TickMaker;
  let invocations = 0;
  let quotes = 0;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    const guards = { 'guards.fxInsane.maxDeviation': null, 'guards.tickCoarse.maxTickBps': null };
    stage = await openStage(emulator, { 'universe.symbols': [SYMBOL], ...guards }, { executes: false });
    const { config, deployments, store } = stage.parts;
    const version = configVersion(config);
    const list = plainList([SYMBOL]);
    await deployments.write({ list, instruments: [INSTRUMENT], configVersion: version, memory: null, atMs: 1 });
    await store.publishConfiguration(version);
    maker = new TickMaker(compileSettings(config, new Map([[SYMBOL, INSTRUMENT]]), { guardsOn: true }), 1);
    // The first one reads the settings and gives the first balances.
    await invoke([body(0)]);
  });
  after(async () => {
    seen.stop();
    await stage?.close();
    await emulator?.stop();
  });

  const body = (gap: number) => maker.quote(SYMBOL, gap, 1e6 + quotes++, Date.now()).at(-1)!.body;

  async function invoke(bodies: readonly string[]): Promise<Invocation> {
    const who = `invocation ${invocations++}`;
    const logged = stage.logged.length;
    const Records = bodies.map((text) => ({ body: text, eventSourceARN: 'arn:aws:sqs:x:0:q', attributes: {} }));
    const counts = await seen.by(who, () => evaluate({ Records } as unknown as SQSEvent, stage.parts));
    const pairs = stage.logged.slice(logged).filter(({ event }) => event === 'pair').length;
    return { calls: seen.of(who), counts, pairs };
  }
  const names = (calls: readonly SeenCall[]) => calls.map(({ name }) => name);

  test('a batch of ten ticks without a decision: one strongly consistent read, and nothing else', async () => {
    const { calls, counts } = await invoke(Array.from({ length: 10 }, () => body(0)));
    assert.deepEqual(counts, { superseded: 9, in_time: 1 }, 'the newest is judged, the others are counted');
    assert.deepEqual(names(calls), ['BatchGetItem']);
    const [{ Keys = [], ConsistentRead } = {}] = Object.values(
      (calls[0]!.input as unknown as BatchGetItemCommandInput).RequestItems!,
    );
    assert.equal(ConsistentRead, true);
    const kinds = Keys.map(({ pk }) => pk?.S?.split('/').at(-1));
    for (const kind of ['symbol', 'control', 'exposure']) assert.ok(kinds.includes(kind), kind);
  });

  test('a decision: the read, then one transaction that is the decision; each later step of its pair is one more', async () => {
    const { calls, pairs } = await invoke([body(GAP)]);
    assert.deepEqual(names(calls).slice(0, 2), ['BatchGetItem', 'TransactWriteItems']);
    assert.ok(pairs >= 3, `${pairs} states`);
    assert.equal(names(calls).filter((name) => name === 'TransactWriteItems').length, pairs);
    const clocks = calls.filter(
      ({ name, input }) => name === 'SendMessage' && String(input.QueueUrl).endsWith('-work'),
    );
    assert.ok(
      clocks.length > 0 && clocks.every(({ input }) => input.DelaySeconds === 2),
      'its clock is a delayed message',
    );
  });
});
