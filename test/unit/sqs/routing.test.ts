import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouting } from '#adapters/bus/sqs/routing.ts';

const SYMBOLS = Array.from({ length: 100 }, (_, i) => `C${i}/USDT`);

test('each symbol has its queue, or its share of a fixed number of them', () => {
  const own = createRouting({ stage: 'dev', queueLayout: 'per-symbol', shards: 4 });
  assert.equal(own.tickQueue('BTC/USDT'), 'twinleg-dev-ticks-BTC-USDT');
  assert.equal(own.tickQueues(SYMBOLS).length, 100);
  const shared = createRouting({ stage: 'dev', queueLayout: 'sharded', shards: 4 });
  assert.deepEqual(
    shared.tickQueues(SYMBOLS),
    [0, 1, 2, 3].map((i) => `twinleg-dev-ticks-shard-${i}`),
  );
  for (const symbol of SYMBOLS) assert.equal(shared.tickQueue(symbol), shared.tickQueue(symbol));
});

test('a stage knows its own tick queues and no other', () => {
  const dev = createRouting({ stage: 'dev', queueLayout: 'per-symbol', shards: 4 });
  for (const stage of ['dev-ticks', 'dev-ticks-shard', 'dev2', 'prod']) {
    const other = createRouting({ stage, queueLayout: 'sharded', shards: 2 });
    for (const name of [...other.tickQueues(SYMBOLS), other.work, other.deadLetters, other.tickLog])
      assert.equal(dev.isTickQueue(name), false, name);
  }
  for (const name of [dev.work, dev.workFailed, dev.deadLetters, dev.tickLog])
    assert.equal(dev.isTickQueue(name), false);
  assert.equal(dev.isTickQueue('twinleg-dev-ticks-BTC-USDT'), true);
  assert.equal(dev.isTickQueue('twinleg-dev-ticks-shard-17'), true);
});
