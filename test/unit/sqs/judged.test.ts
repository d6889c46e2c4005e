import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJudged, encodeJudged } from '#adapters/bus/sqs/judged.ts';
import { decodeTick } from '#adapters/bus/sqs/message.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { INITIAL_CONTROL } from '#core/engine/state.ts';
import { Outside } from '#core/guards/outside.ts';
import { configOf, instrumentsOf } from '../../support/backtest.ts';
import { TickMaker } from '../../support/cloud/ticks.ts';

const config = configOf({ universe: { symbols: ['BTC/USDT'] } });
const maker = new TickMaker(compileSettings(config, instrumentsOf(config), { guardsOn: true }), 1);
const read = decodeTick(maker.quote('BTC/USDT', 0.01, 1000, 1_700_000_000_000).at(-1)!.body);
assert.ok(read.ok);
const base = { symbol: 'BTC/USDT', atMs: 1_700_000_000_123, version: 4, readings: [1, 2.5], control: INITIAL_CONTROL };

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
    const text = encodeJudged(line, new Outside());
    const back = decodeJudged(text);
    assert.ok(back !== null);
    assert.deepEqual(JSON.parse(encodeJudged(back, new Outside())), JSON.parse(text));
    assert.deepEqual([back.version, back.readings, back.mayEnter], [4, [1, 2.5], line.mayEnter]);
  }
});

test('another line is none', () => {
  for (const text of ['', '{', '{}', '{"v":2,"kind":"judged"}']) assert.equal(decodeJudged(text), null);
});
