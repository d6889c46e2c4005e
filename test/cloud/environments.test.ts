import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SQSEvent } from 'aws-lambda';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { openGatewayCloud } from '#adapters/wiring/gateway-cloud.ts';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import { createFunctionParts, type FunctionParts } from '#adapters/wiring/lambda.ts';
import type { Alert } from '#core/alerts/types.ts';
import { configVersion } from '#core/config-version.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import { reservationMismatch } from '#core/portfolio/reservations.ts';
import { plainList } from '#core/universe/list.ts';
import { evaluate } from '../../functions/evaluate.ts';
import { openStage, type Stage } from '../support/cloud/stage.ts';
import { TickMaker } from '../support/cloud/ticks.ts';
import { NO_UPKEEP } from '../support/cloud/upkeep.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const skip = missingEmulator('ministack') ?? false;
const SYMBOL = 'BTC/USDT';
const INSTRUMENT = builtInInstrument(SYMBOL)!;
const LATENCY_MS = { binance: 20, upbit: 65 };
/** Upbit dearer by this opens, cheaper by it closes. */
const GAP = 0.02;
/** More than is likely to be true. */
const TRAP = 0.08;

interface Logged {
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

describe('two environments of evaluate, each with what it has cached, on one symbol', { skip }, () => {
  let emulator: Emulator;
  let stage: Stage;
  let maker: TickMaker;
  const others: FunctionParts[] = [];
  const logged: Logged[] = [];
  let quotes = 0;

  before(async () => {
    emulator = await EMULATORS.ministack.start();
    stage = await openStage(
      emulator,
      {
        'universe.symbols': [SYMBOL],
        'strategy.cooldownSeconds': 0,
        'paper.latencyMs': LATENCY_MS,
        'guards.fxInsane.maxDeviation': null,
        'guards.tradesPerMinute.max': null,
        'guards.tickCoarse.maxTickBps': null,
      },
      { executes: false },
    );
    await deploy(stage.parts, 'first');
    const { config } = stage.parts;
    maker = new TickMaker(compileSettings(config, new Map([[SYMBOL, INSTRUMENT]]), { guardsOn: true }), 1);
    // Each has seen the table as it was before anything was traded.
    for (const parts of [stage.parts, environment()]) await judged(parts, body(0));
  });
  after(async () => {
    for (const { sqs } of others) sqs.destroy();
    await stage?.close();
    await emulator?.stop();
  });

  /** One more execution environment of the same function. */
  function environment(more: Readonly<Record<string, string>> = {}): FunctionParts {
    const log = (_level: string, event: string, fields: object) => void logged.push({ event, fields: { ...fields } });
    const parts = createFunctionParts({ ...stage.env, ...more }, log);
    others.push(parts);
    return parts;
  }

  /** Puts the configuration of an environment in force. */
  async function deploy({ config, deployments, store }: FunctionParts, version: string): Promise<void> {
    await deployments.write({
      list: plainList([SYMBOL]),
      instruments: [INSTRUMENT],
      configVersion: configVersion(config),
      memory: null,
      atMs: Date.now(),
    });
    await store.publishConfiguration(version);
  }

  const body = (gap: number, atMs = Date.now()) => maker.quote(SYMBOL, gap, 1e6 + quotes++, atMs).at(-1)!.body;

  /** What became of a tick, and what was logged of it by whoever judged meanwhile. */
  async function judged(
    parts: FunctionParts,
    text: string,
  ): Promise<{ counts: Record<string, number>; told: Logged[] }> {
    const [mine, theirs] = [stage.logged.length, logged.length];
    const Records = [{ body: text, eventSourceARN: 'arn:aws:sqs:x:0:q', attributes: {} }];
    const counts = await evaluate({ Records } as unknown as SQSEvent, parts);
    return { counts, told: [...stage.logged.slice(mine), ...logged.slice(theirs)] };
  }

  const decisions = (told: readonly Logged[]) =>
    told.flatMap(({ event, fields }) => (event === 'decision' ? [String(fields.decision)] : []));
  const stored = async () => (await stage.parts.store.load()).symbols.find(({ symbol }) => symbol === SYMBOL)!;

  test('take turns: what one opened the other closes, and a tick that comes twice decides once', async () => {
    const other = others[0]!;
    const opening = body(GAP);
    assert.deepEqual(decisions((await judged(stage.parts, opening)).told), ['ENTER']);
    assert.deepEqual(decisions((await judged(other, opening)).told), [], 'the same tick again');
    assert.deepEqual(decisions((await judged(other, body(-GAP))).told), ['EXIT']);
    assert.equal((await stored()).pair, null);
    assert.equal(reservationMismatch(await stage.parts.store.load()), null);
  });

  test('both at once, on the same tick: one of them decides', async () => {
    const other = others[0]!;
    for (const [gap, decision] of [
      [GAP, 'ENTER'],
      [-GAP, 'EXIT'],
    ] as const) {
      const [mine, theirs] = [stage.logged.length, logged.length];
      const text = body(gap);
      await Promise.all([judged(stage.parts, text), judged(other, text)]);
      assert.deepEqual(decisions([...stage.logged.slice(mine), ...logged.slice(theirs)]), [decision]);
    }
    const { exposure } = await stage.parts.store.load();
    assert.deepEqual([exposure.positions, Number(exposure.totalUsdt)], [0, 0]);
  });

  test('an order reaches its venue after that venue’s configured latency', async () => {
    await judged(stage.parts, body(GAP));
    const { pair } = await stored();
    const filledAt = (venue: string) => pair!.fills.find((fill) => fill.venue === venue)!.atMs;
    assert.equal(filledAt('upbit') - filledAt('binance'), LATENCY_MS.upbit - LATENCY_MS.binance);
    assert.ok(filledAt('binance') - pair!.decidedAtMs >= LATENCY_MS.binance);
    await judged(others[0]!, body(-GAP));
  });

  test('levels behind the best are walked where a tick carries them', async () => {
    const tick = JSON.parse(body(GAP)) as { binance: { ask: number[] }; upbit: { bid: number[] } };
    const [ask = 0, bid = 0] = [tick.binance.ask[0], tick.upbit.bid[0]];
    // The best shows a tenth of a small position; the rest lies 5 bp behind.
    const few = 5 / ask;
    tick.binance.ask = [ask, few, ask * 1.0005, 1e6];
    tick.upbit.bid = [bid, few, bid * 0.9995, 1e6];
    await judged(stage.parts, JSON.stringify(tick));
    const { fills } = (await stored()).pair!;
    for (const { venue, quantity, amount } of fills) {
      const [best, behind] = venue === 'binance' ? [ask, ask * 1.0005] : [bid, bid * 0.9995];
      const expected = few * best + (Number(quantity) - few) * behind;
      assert.ok(Number(quantity) > few && Math.abs(Number(amount) / expected - 1) < 1e-9, `${venue} ${amount}`);
    }
    assert.equal(fills.length, 2);
    await judged(others[0]!, body(-GAP));
  });

  test('a halt that somebody else said is obeyed by the very next decision of each', async () => {
    const { store } = environment();
    await judged(stage.parts, body(0));
    await store.changeControl({ tradingState: 'HALTED', reason: 'test', flatten: false, atMs: Date.now() });
    for (const parts of [stage.parts, others[0]!])
      assert.deepEqual(decisions((await judged(parts, body(GAP))).told), []);
    assert.equal((await stored()).pair, null);
    await store.changeControl({ tradingState: 'ACTIVE', reason: 'test', flatten: false, atMs: Date.now() });
    assert.deepEqual(decisions((await judged(stage.parts, body(GAP))).told), ['ENTER']);
    await store.changeControl({ tradingState: 'HALTED', reason: 'test', flatten: false, atMs: Date.now() });
    assert.deepEqual(decisions((await judged(others[0]!, body(-GAP))).told), [], 'no exit either');
    await store.changeControl({ tradingState: 'ACTIVE', reason: 'test', flatten: false, atMs: Date.now() });
    assert.deepEqual(decisions((await judged(others[0]!, body(-GAP))).told), ['EXIT']);
  });

  test('what guards refused is counted in the table, for the gateway to tell', async () => {
    const refused = {
      id: 'r1',
      atMs: 1,
      symbol: SYMBOL,
      decision: 'REFUSED',
      code: 'COOLDOWN',
      netEdge: null,
    } as const;
    const record = { ...refused, inputs: {}, guards: [], configVersion: '' };
    await stage.parts.store.record([record, { ...record, id: 'r2' }], []);
    await others[0]!.store.record([{ ...record, id: 'r3' }], []);
    const cloud = await openGatewayCloud(stage.parts.config);
    const counts = (await cloud.records.triggers()).filter(({ guard }) => guard === 'COOLDOWN');
    cloud.close();
    assert.deepEqual(counts, [{ symbol: SYMBOL, guard: 'COOLDOWN', count: 3 }]);
  });

  test('a refusal that is an alert is raised with it, once a minute, and over when it did not come again', async () => {
    const parts = environment();
    const atMs = Date.now();
    const alertsOf = (told: readonly Logged[]) =>
      told.flatMap(({ event, fields }) => (event === 'alert' ? [`${fields.code} ${fields.subject}`] : []));
    assert.deepEqual(alertsOf((await judged(parts, body(TRAP, atMs))).told), [`SPREAD_INSANE ${SYMBOL}`]);
    assert.deepEqual(alertsOf((await judged(parts, body(TRAP, atMs))).told), [], 'noted already');
    const target = { table: tableOf(parts.config.cloud.stage), region: parts.config.cloud.region };
    const owner = { mode: parts.config.mode, source: parts.config.venues.source };
    const { intake } = openTableAlerts(createTableAccess(createDynamoClient(target), target), owner, 90);
    const [raised] = (await intake.left(Number.POSITIVE_INFINITY)).filter(({ code }) => code === 'SPREAD_INSANE');
    await intake.take(raised!);
    const ended: string[] = [];
    const alerts = { ...parts.alerts, alert: ({ code, kind }: Alert) => void ended.push(`${code} ${kind}`) };
    for (const [laterMs, told] of [
      [90_000, []],
      [200_000, ['SPREAD_INSANE resolved']],
    ] as const) {
      await housekeep({ ...parts, alerts, upkeep: NO_UPKEEP, now: () => Date.now() + laterMs });
      assert.deepEqual(ended, told);
    }
  });

  test('another configuration in force: who has the old one opens nothing; injected rejections reach the new one', async () => {
    const next = environment({ TWINLEG__PAPER__FAULTS__REJECT_RATE: '1' });
    await deploy(next, 'second');
    const { counts, told } = await judged(stage.parts, body(GAP));
    assert.deepEqual([counts.other_settings, decisions(told)], [1, []]);
    const states = (await judged(next, body(GAP))).told.flatMap(({ event, fields }) =>
      event === 'pair' ? [fields.state] : [],
    );
    assert.deepEqual([states[0], states.at(-1)], ['PLANNED', 'EXPIRED']);
  });
});
