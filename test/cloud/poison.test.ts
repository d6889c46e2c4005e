import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { StoredLetter } from '#adapters/bus/sqs/dead-letters.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { encodeWork } from '#adapters/bus/sqs/work.ts';
import { createFunctionParts } from '#adapters/wiring/lambda.ts';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { instrumentsOf } from '../support/backtest.ts';
import { openStage, type Stage } from '../support/cloud/stage.ts';
import { TickMaker } from '../support/cloud/ticks.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { until } from '../support/until.ts';
import { simulatedVenues } from '../support/venues.ts';

const skip = missingEmulator('ministack') ?? false;

describe('what functions cannot use', { skip }, () => {
  let ministack: Emulator;
  let simulator: Simulator;
  let stage: Stage;
  before(async () => {
    ministack = await EMULATORS.ministack.start();
    simulator = await startSimulator({ coins: ['BTC', 'ETH', 'XRP'], seed: 5, rate: 20 });
    stage = await openStage(ministack, {
      ...simulatedVenues(simulator.urls),
      'universe.symbols': ['BTC/USDT', 'ETH/USDT'],
    });
    await refreshUniverse(stage.parts);
  });
  after(async () => {
    await stage.close();
    await simulator.close();
    await ministack.stop();
  });

  const send = async (queue: string, body: string) => {
    const { sqs } = stage.parts;
    await sqs.send(new SendMessageCommand({ QueueUrl: await createQueueUrls(sqs).of(queue), MessageBody: body }));
  };
  const counted = (kind: string) =>
    stage.logged.reduce((sum, { event, fields }) => sum + (event === 'evaluated' ? Number(fields[kind] ?? 0) : 0), 0);
  const tick = (symbol: string, ageMs: number, skewMs = 0) => {
    const { config } = stage.parts;
    const maker = new TickMaker(compileSettings(config, instrumentsOf(config), { guardsOn: true }), 1);
    maker.skew(skewMs);
    return maker.quote(symbol, 0, 1e6, Date.now() - ageMs).at(-1)!.body;
  };

  /** Dead letters as they are now; each is let go again at once. */
  async function letters(count: number): Promise<StoredLetter[]> {
    let found: StoredLetter[] = [];
    await until(`${count} dead letters`, async () => {
      found = await stage.parts.deadLetters.list();
      for (const letter of found) await stage.parts.deadLetters.release(letter);
      return found.length >= count;
    });
    return found;
  }

  test('goes to the dead letters with its reason, at once, and keeps nothing else from being judged', async () => {
    const queue = stage.parts.routing.tickQueue('BTC/USDT');
    const good = tick('BTC/USDT', 0);
    const poison: Record<string, string> = {
      not_json: '{',
      unknown_version: good.replace('"v":1', '"v":2'),
      unknown_kind: encodeWork({ symbol: 'BTC/USDT', positionId: 'p1', dueAtMs: 1, version: 1 }),
      shape: good.replace('"seq":', '"sequence":'),
      oversized: good.replace('"v":1', `"v":1,"padding":"${'x'.repeat(70_000)}"`),
      unknown_symbol: good.replace('BTC/USDT', 'NOPE/USDT').replace('"configEpoch":0', '"configEpoch":9'),
    };
    for (const body of Object.values(poison)) await send(queue, body);
    await send(queue, tick('BTC/USDT', 0));
    const dead = await letters(6);
    assert.deepEqual(dead.map(({ reason }) => reason).sort(), Object.keys(poison).sort());
    for (const { reason, body, queue: from } of dead) assert.ok(from === queue && body === poison[reason], reason);
    await until('the good one is judged', () => counted('in_time') + counted('late_entry') >= 1);
    const { Attributes } = await stage.parts.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await createQueueUrls(stage.parts.sqs).of(queue),
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    assert.deepEqual(Object.values(Attributes!), ['0', '0'], 'no tick waits for a second try');
  });

  test('a tick that comes too late is counted, and so is one from a clock that is ahead', async () => {
    const queue = stage.parts.routing.tickQueue('ETH/USDT');
    for (const [ageMs, skewMs, kind] of [
      [3000, 0, 'late'],
      [900, 0, 'late_entry'],
      [0, 1500, 'clock_ahead'],
      [0, 60_000, 'late'],
    ] as const) {
      const before = counted(kind);
      await send(queue, tick('ETH/USDT', ageMs, skewMs));
      await until(`${kind} is counted`, () => counted(kind) > before);
    }
    assert.deepEqual((await stage.parts.store.load()).symbols, [], 'nothing came of any of them');
  });

  test('work is tried again, then lies with the dead letters; a replay takes work back and never a tick', async () => {
    const { deadLetters, routing } = stage.parts;
    const known = (await letters(6)).length;
    await send(routing.work, '{"v":9,"kind":"continue"}');
    assert.equal((await letters(known + 1)).at(-1)!.reason, 'unknown_version');

    const work = encodeWork({ symbol: 'BTC/USDT', positionId: 'p1', dueAtMs: Date.now(), version: 1 });
    stage.outage(true);
    await send(routing.work, work);
    const exhausted = (await letters(known + 2)).find(({ reason }) => reason === 'retries_exhausted')!;
    assert.equal(exhausted.body, work);
    assert.ok(stage.logged.filter(({ event }) => event === 'work_failed').length >= 3);
    stage.outage(false);

    const executed = () =>
      stage.logged.filter(({ event, fields }) => event === 'executed' && fields.failed === 0).length;
    const before = executed();
    const replayed: string[] = [];
    for (const letter of await deadLetters.list()) {
      if (await deadLetters.replay(letter)) replayed.push(letter.body);
      else await deadLetters.release(letter);
    }
    assert.ok(replayed.includes(work));
    await until('it is worked on', () => executed() > before);
    const left = await letters(known - 1);
    assert.ok(
      left.every(({ body }) => !replayed.includes(body)),
      'what was replayed lies there no more',
    );
    assert.ok(
      left.some(({ reason }) => reason === 'unknown_symbol'),
      'a tick stays',
    );
  });

  test('a symbol that is dropped drains, then its queue and mapping vanish; one that comes gets its own', async () => {
    const env = { ...stage.env, TWINLEG__UNIVERSE__SYMBOLS: '["ETH/USDT","XRP/USDT"]' };
    const changed = createFunctionParts(env, () => {});
    const names = (coins: string[]) => coins.map((coin) => `${changed.routing.tickPrefix}${coin}-USDT`);
    const first = await refreshUniverse(changed);
    assert.deepEqual([first.created, first.mapped, first.deleted], [names(['XRP']), names(['XRP']), []]);
    assert.equal(first.draining, 1);
    const second = await refreshUniverse(changed);
    assert.deepEqual([second.created, second.unmapped, second.deleted], [[], names(['BTC']), names(['BTC'])]);
    const third = await refreshUniverse(changed);
    const { created, mapped, unmapped, deleted, pending, failed } = third;
    assert.deepEqual([created, mapped, unmapped, deleted, pending, failed], [[], [], [], [], [], []]);
    const epochs = await Promise.all([second, third].map(async () => (await changed.store.read('ETH/USDT')).epochs));
    assert.deepEqual(epochs[0], epochs[1]);
    changed.sqs.destroy();
  });
});
