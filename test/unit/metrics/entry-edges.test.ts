import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EntryEdges } from '#adapters/wiring/entry-edges.ts';
import type { Pair } from '#core/execution/types.ts';

const pair = (id: string, decidedAtMs: number, seenEdgeUsdt = 1) =>
  ({ id, symbol: 'BTC/USDT', decidedAtMs, seenEdgeUsdt, entryNotional: 500 }) as Pair;

test('each entry in the store is told once, open and closed; what was there before belongs to whoever was there', () => {
  const told: [string, number][] = [];
  const edges = new EntryEdges(1000, (...entry) => told.push(entry));
  edges.pairs([pair('before', 999), pair('a', 1000)]);
  edges.pairs([pair('a', 1000), pair('b', 1500, -2)]);
  edges.pairs([]);
  edges.pairs([pair('b', 1500, -2), pair('a', 1000)]);
  assert.deepEqual(told, [
    ['BTC/USDT', 0.002],
    ['BTC/USDT', -0.004],
  ]);
});
