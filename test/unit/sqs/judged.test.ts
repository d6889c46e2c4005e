import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeJudged, encodeJudged } from '#adapters/bus/sqs/judged.ts';
import { decodeTick } from '#adapters/bus/sqs/message.ts';
import { inJudgedOrder } from '#adapters/recording/ticks.ts';
import { recordCloud } from '#adapters/wiring/record-cloud.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { INITIAL_CONTROL } from '#core/engine/state.ts';
import { configOf, instrumentsOf } from '../../support/backtest.ts';
import { withDirectory } from '../../support/cli.ts';
import { TickMaker } from '../../support/cloud/ticks.ts';

const config = configOf({ universe: { symbols: ['BTC/USDT'] } });
const maker = new TickMaker(compileSettings(config, instrumentsOf(config), { guardsOn: true }), 1);
const read = decodeTick(maker.quote('BTC/USDT', 0.01, 1000, 1_700_000_000_000).at(-1)!.body);
assert.ok(read.ok);
const base = {
  symbol: 'BTC/USDT',
  atMs: 1_700_000_000_123,
  version: 4,
  committed: true,
  readings: [1, 2.5],
  control: INITIAL_CONTROL,
};

test('a judged tick and a pair that went on come back as they were judged', () => {
  const { tick } = read.value;
  const lines = [
    { ...base, mayEnter: true, tick: read.value, clock: null, market: null },
    {
      ...base,
      mayEnter: false,
      tick: null,
      clock: { symbol: 'BTC/USDT', positionId: 'p1', version: 4 },
      market: tick.market,
    },
    { ...base, mayEnter: false, tick: null, clock: { symbol: 'BTC/USDT', positionId: 'p1', version: 4 }, market: null },
  ];
  for (const line of lines) {
    const text = encodeJudged(line);
    const back = decodeJudged(text);
    assert.ok(back !== null);
    assert.deepEqual(JSON.parse(encodeJudged(back)), JSON.parse(text));
    assert.deepEqual([back.version, back.readings, back.mayEnter], [4, [1, 2.5], line.mayEnter]);
  }
});

test('another line is none', () => {
  for (const text of ['', '{', '{}', '{"v":2,"kind":"judged"}']) assert.equal(decodeJudged(text), null);
});

test('lines lie in the order of the states that they were judged on; who changed a state comes last of those on it', () => {
  const line = (name: string, atMs: number, version: number, committed: boolean) => {
    const clock = { symbol: 'BTC/USDT', positionId: name, version };
    const made = { ...base, atMs, version, committed, mayEnter: false, tick: null, clock, market: null };
    return encodeJudged(made);
  };
  const lines = [
    line('entered', 1, 0, true),
    line('saw nothing', 2, 0, false),
    line('was second', 3, 2, false),
    line('left', 4, 2, true),
    line('by a slow clock', 0, 4, false),
  ];
  const order = inJudgedOrder([...lines, lines[0]!]).map((text) => decodeJudged(text)!.clock!.positionId);
  assert.deepEqual(order, ['saw nothing', 'entered', 'was second', 'left', 'by a slow clock']);
});

test('a recording that was cut off is not written over: nobody else has what it holds', () =>
  withDirectory(async (directory) => {
    const file = join(directory, 'delivered');
    writeFileSync(`${file}.ticks.jsonl.part`, 'lines');
    const { signal } = new AbortController();
    const recording = recordCloud({ config: configOf({}), file, signal, durationSeconds: 1 });
    await assert.rejects(recording, { code: 'TAPE_EXISTS', message: /\.part is already there/ });
  }));
