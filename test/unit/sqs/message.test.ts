import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTick, encodeTick } from '#adapters/bus/sqs/message.ts';
import { decodeWork, encodeWork } from '#adapters/bus/sqs/work.ts';
import { Outside } from '#core/guards/outside.ts';
import type { Tick } from '#core/market/market.ts';
import { testMachine } from '../../support/machine.ts';
import { calm } from '../../support/market.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT', 'SOL/USDT'];

/** The last tick of each symbol that the product's own joiner made. */
function ticks(): Tick[] {
  const t = testMachine({ raw: { universe: { symbols: SYMBOLS }, paper: { latencyMs: 0 } } });
  for (let second = 0; second < 12; second++) calm(t, SYMBOLS, 1_700_000_000_000 + second * 1000);
  const { joiner } = t.machine;
  const made = SYMBOLS.map((symbol, i) => ({
    symbol,
    epoch: 3,
    seq: 100 + i,
    receivedAtMs: 1_700_000_011_000,
    market: joiner.marketOf(symbol),
  }));
  t.close();
  return made;
}

function context(outside = new Outside()) {
  return { sentAtMs: 1_700_000_011_004, configEpoch: 7, outside, crossingsWindowMs: 2000 };
}

const [first] = ticks() as [Tick];
const body = () => JSON.parse(encodeTick(first, context()));

test('a tick comes back with all that a decision and its guards look at', () => {
  const outside = new Outside();
  outside.take({ kind: 'clock', skewMs: -12.5 }, 5);
  outside.take({ kind: 'reconcile', mismatch: null }, 5);
  outside.take({ kind: 'warnings', symbols: ['ETH/USDT', 'DOGE/USDT'] }, 5);
  outside.take({ kind: 'errors', count: 4 }, 1_700_000_011_000);
  for (const tick of ticks()) {
    const text = encodeTick(tick, context(outside));
    const read = decodeTick(text);
    assert.ok(read.ok);
    const { value } = read;
    const { market } = value.tick;
    assert.deepEqual(
      { ...value.tick, market: { ...market, signals: null } },
      { ...tick, market: { ...tick.market, signals: null } },
    );
    const { signals } = tick.market;
    assert.deepEqual([market.signals.impliedRate, market.signals.fxMedian], [signals.impliedRate, signals.fxMedian]);
    for (const direction of ['SELL_UPBIT', 'SELL_BINANCE'] as const) {
      const asked = [direction, tick.receivedAtMs, 2000] as const;
      assert.equal(market.signals.crossings(...asked), signals.crossings(...asked));
    }
    assert.deepEqual([...value.outside.warned], tick.symbol === 'ETH/USDT' ? ['ETH/USDT'] : []);
    assert.deepEqual(
      [value.outside.skewMs, value.outside.mismatch, value.outside.errorsInMinute, value.outside.suspended],
      [-12.5, null, 4, null],
    );
    assert.equal(value.configEpoch, 7);
    assert.equal(encodeTick(value.tick, { ...context(value.outside), sentAtMs: value.sentAtMs }), text);
  }
});

test('what cannot be understood is named by its reason, and never thrown', () => {
  const cases: [change: (body: Record<string, unknown>) => unknown, reason: string][] = [
    [() => null, 'shape'],
    [() => [], 'unknown_kind'],
    [(b) => ({ ...b, v: 2 }), 'unknown_version'],
    [(b) => ({ ...b, v: undefined }), 'unknown_version'],
    [(b) => ({ ...b, kind: 'order' }), 'unknown_kind'],
    [(b) => ({ ...b, extra: 1 }), 'shape'],
    [(b) => ({ ...b, symbol: 'BTC/KRW' }), 'shape'],
    [(b) => ({ ...b, seq: 1.5 }), 'shape'],
    [(b) => ({ ...b, fx: null }), 'shape'],
    [(b) => ({ ...b, binance: { ...(b.binance as object), bid: [1] } }), 'shape'],
    [(b) => ({ ...b, binance: { ...(b.binance as object), bid: [1, 1, 2, 1] } }), 'shape'],
    [(b) => ({ ...b, binance: { ...(b.binance as object), ask: [-1, 1] } }), 'shape'],
    [(b) => ({ ...b, padding: 'x'.repeat(70_000) }), 'oversized'],
  ];
  for (const [change, reason] of cases) {
    const read = decodeTick(JSON.stringify(change(body())));
    assert.ok(!read.ok && read.reason === reason, `${reason}: ${JSON.stringify(read).slice(0, 200)}`);
  }
  for (const text of ['', '{', 'null', '17', '"x"', encodeTick(first, context()).slice(0, -1)]) {
    assert.equal(decodeTick(text).ok, false, text.slice(0, 20));
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !decodeTick(text).ok && !decodeWork(text).ok));
});

test('a body with one part left out or of another type is refused', () => {
  const paths = (value: unknown, at: string[] = []): string[][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...paths(inner, [...at, key])])
      : [];
  for (const path of paths(body())) {
    for (const wrong of [undefined, {}, 'x']) {
      const changed = body();
      const parent = path.slice(0, -1).reduce((inner, key) => inner[key], changed);
      if (wrong === 'x' && path.at(-1) === 'mismatch') continue;
      parent[path.at(-1)!] = wrong;
      assert.equal(decodeTick(JSON.stringify(changed)).ok, false, `${path.join('.')} as ${JSON.stringify(wrong)}`);
    }
  }
});

test('work messages come back, others do not', () => {
  const work = { symbol: 'BTC/USDT', positionId: 'p0123', dueAtMs: 5, version: 2 };
  assert.deepEqual(decodeWork(encodeWork(work)), { ok: true, value: work });
  const newer = decodeWork(encodeWork(work).replace('"v":1', '"v":9'));
  assert.ok(!newer.ok && newer.reason === 'unknown_version');
  assert.equal(decodeWork(encodeTick(first, context())).ok, false);
});
