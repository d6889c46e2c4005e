import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialSymbolState, type SymbolState } from '#core/engine/state.ts';
import type { Pair } from '#core/execution/types.ts';
import { emptyFeatures } from '#core/features/features.ts';
import { Signals } from '#core/features/signals.ts';
import { InterestFilter, type InterestStrategy } from '#core/gateway/interest.ts';
import { emptyMarket, type Tick } from '#core/market/market.ts';

const SYMBOL = 'BTC/USDT';
const TIMING = { clearsAfterMs: 70_000, settlesAfterMs: 13_000, heartbeatMs: 30_000, pulseMs: 1000 };

/** A filter whose strategy answers what the test says. */
function setUp() {
  const says = { enters: false, exits: false, stops: false };
  const strategy: InterestStrategy = {
    couldEnter: () => says.enters,
    exit: (_market, _pair, nowMs) => ({
      reason: says.exits ? 'CONVERGED' : null,
      stopSinceMs: says.stops ? nowMs : null,
      displayed: true,
      closingPnlUsdt: 0,
      closingEdge: 0,
    }),
  };
  const filter = new InterestFilter(strategy, TIMING, { watched: [SYMBOL], draining: new Set() }, 0);
  const market = emptyMarket(
    { bid: 1400, ask: 1400.5, receivedAtMs: 0 },
    { binance: 0, upbit: 0 },
    emptyFeatures(),
    new Signals(0.004),
  );
  market.binance.receivedAtMs = market.upbit.receivedAtMs = 0;
  const tick = (atMs: number): Tick => ({ epoch: 1, seq: atMs, receivedAtMs: atMs, symbol: SYMBOL, market });
  return {
    says,
    filter,
    judge: (atMs: number) => filter.judge(0, tick(atMs)),
    /** Sent and answered at once. */
    sends(atMs: number): void {
      filter.leaves(tick(atMs));
      filter.left(SYMBOL, atMs);
    },
    leaves: (atMs: number) => filter.leaves(tick(atMs)),
    left: (atMs: number) => filter.left(SYMBOL, atMs),
    standing: () => filter.standing(0),
    market,
  };
}

function state(version: number, change: Partial<Pair> | null, stopSinceMs: number | null = null): SymbolState {
  const pair = change === null ? null : ({ state: 'OPEN', reason: null, ...change } as Pair);
  return { ...initialSymbolState(SYMBOL), version, pair, stopSinceMs };
}

test('a start may be anything: all is sent until a flat read is later than what the gateway before could have sent', () => {
  const t = setUp();
  assert.equal(t.judge(10), 'unsettled');
  t.filter.read(state(3, null), 12_999);
  assert.equal(t.judge(13_000), 'unsettled');
  t.filter.read(state(3, null), 13_000);
  assert.equal(t.judge(13_001), 'pulse');
  assert.equal(t.standing(), 'MAYBE_OPEN');
  t.filter.read(state(3, null), 69_999);
  assert.equal(t.standing(), 'MAYBE_OPEN');
  t.filter.read(state(3, null), 70_000);
  assert.equal(t.standing(), 'FLAT_KNOWN');
  assert.deepEqual(t.filter.maybeOpen, []);
});

test('flat: only what could make an entry, and a heartbeat', () => {
  const t = setUp();
  t.filter.read(state(3, null), 70_000);
  t.sends(70_000);
  assert.equal(t.judge(70_001), null);
  assert.equal(t.judge(99_999), null);
  assert.equal(t.judge(100_000), 'heartbeat');
  t.says.enters = true;
  assert.equal(t.judge(70_002), 'entry');
  assert.equal(t.standing(), 'FLAT_KNOWN', 'a tick that was not sent opens nothing');
  t.sends(70_002);
  assert.equal(t.standing(), 'MAYBE_OPEN');
  t.says.enters = false;
  assert.equal(t.judge(70_003), 'unsettled');
});

test('while a tick that could make an entry is under way no read clears anything, however late', () => {
  const t = setUp();
  t.filter.read(state(3, null), 70_000);
  t.says.enters = true;
  t.leaves(70_010);
  t.says.enters = false;
  t.filter.read(state(3, null), 500_000);
  assert.equal(t.standing(), 'MAYBE_OPEN');
  assert.equal(t.judge(500_001), 'unsettled');
  t.left(500_010);
  t.filter.read(state(3, null), 513_009);
  assert.equal(t.judge(513_009), 'unsettled');
  t.filter.read(state(3, null), 513_010);
  assert.equal(t.judge(513_011), 'pulse');
});

test('a position is known once nothing that was sent on other knowledge can move it; then only exits and pulses', () => {
  const t = setUp();
  t.filter.read(state(3, null), 70_000);
  t.says.enters = true;
  t.sends(70_010);
  t.says.enters = false;
  t.sends(71_000);
  t.filter.read(state(5, {}), 72_000);
  t.sends(72_500);
  t.filter.read(state(5, {}), 83_999);
  assert.equal(t.judge(84_000), 'unsettled');
  t.filter.read(state(5, {}), 84_000);
  t.sends(84_000);
  assert.equal(t.judge(84_500), null);
  assert.equal(t.judge(85_000), 'pulse');
  t.says.exits = true;
  assert.equal(t.judge(84_501), 'exit');
  t.says.exits = false;
  t.says.stops = true;
  assert.equal(t.judge(84_502), 'exit');
});

test('what could move a position unsettles it until a read that is later than its longest way', () => {
  const t = setUp();
  t.filter.read(state(5, {}), 13_000);
  t.filter.read(state(5, {}), 26_000);
  t.says.exits = true;
  t.sends(26_100);
  t.says.exits = false;
  assert.equal(t.judge(26_101), 'unsettled');
  t.filter.read(state(5, {}), 39_099);
  assert.equal(t.judge(39_100), 'unsettled');
  t.filter.read(state(5, {}), 39_100);
  t.sends(39_100);
  assert.equal(t.judge(39_101), null);
  t.filter.read(state(6, {}), 40_000);
  assert.equal(t.judge(40_001), 'unsettled', 'it is another position than the one that ticks were held against');
});

test('a position that a later tick may close for a reason kept, a stop that waits or flatten is sent every tick', () => {
  for (const news of [state(6, { reason: 'CONVERGED' }), state(6, {}, 25_000), state(6, { state: 'CLOSING' })]) {
    const t = setUp();
    t.filter.read(news, 13_000);
    t.filter.read(news, 500_000);
    t.sends(500_000);
    assert.equal(t.judge(500_001), 'unsettled');
  }
  const t = setUp();
  t.filter.read(state(5, {}), 13_000);
  t.filter.read(state(5, {}), 26_000);
  t.sends(26_000);
  t.filter.account({ flatten: true, sameConfiguration: true }, 26_001);
  assert.equal(t.judge(26_002), 'unsettled');
  t.filter.account({ flatten: false, sameConfiguration: true }, 26_003);
  assert.equal(t.judge(26_004), null);
});

test('under another configuration than its own it sends everything, and knows nothing afterwards', () => {
  const t = setUp();
  t.filter.read(state(3, null), 70_000);
  t.sends(70_000);
  t.filter.account({ flatten: false, sameConfiguration: false }, 70_001);
  assert.equal(t.judge(70_002), 'unsettled');
  t.sends(70_500);
  t.filter.account({ flatten: false, sameConfiguration: true }, 71_000);
  assert.equal(t.standing(), 'MAYBE_OPEN');
  t.filter.read(state(3, null), 140_999);
  assert.equal(t.standing(), 'MAYBE_OPEN');
  t.filter.read(state(3, null), 141_000);
  assert.equal(t.standing(), 'FLAT_KNOWN');
});

test('a symbol that drains takes no entries: what could make one is kept back once it is known to be flat', () => {
  const t = setUp();
  t.filter.setSymbols({ watched: [SYMBOL], draining: new Set([SYMBOL]) }, 0);
  t.says.enters = true;
  assert.equal(t.judge(10), 'unsettled');
  t.sends(10);
  t.filter.read(state(3, null), 70_000);
  assert.equal(t.standing(), 'FLAT_KNOWN');
  t.sends(70_000);
  assert.equal(t.judge(70_001), null);
  assert.equal(t.standing(), 'FLAT_KNOWN');
});

test('without both books and the rate nothing is sent; the first whole one is', () => {
  const t = setUp();
  t.filter.read(state(3, null), 70_000);
  t.market.upbit.receivedAtMs = -1;
  assert.equal(t.judge(70_001), null);
  t.market.upbit.receivedAtMs = 70_002;
  assert.equal(t.judge(70_002), 'heartbeat');
});
