import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoredTriggers } from '#adapters/wiring/stored-triggers.ts';

const stored = (count: number, guard = 'COOLDOWN', symbol = 'BTC/USDT') => ({ guard, symbol, count });

test('a restart counts nothing again, what comes later is counted once, whoever refused', () => {
  const triggers = new StoredTriggers();
  assert.deepEqual(triggers.since([stored(40)]), []);
  assert.deepEqual(triggers.since([stored(40)]), []);
  assert.deepEqual(triggers.since([stored(43), stored(2, 'VENUE_DOWN', 'ALL')]), [
    stored(3),
    stored(2, 'VENUE_DOWN', 'ALL'),
  ]);
  assert.deepEqual(triggers.since([stored(3)]), [], 'a store that was put back');
  assert.deepEqual(triggers.since([stored(4)]), [stored(1)]);
});

test('what an older version called a guard becomes no series', () => {
  const triggers = new StoredTriggers();
  triggers.since([]);
  assert.deepEqual(triggers.since([stored(1, 'GONE"}')]), []);
});
