import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reduceAnswer } from '#adapters/universe/reduce.ts';
import { listedPairs } from '#adapters/venues/binance/lists.ts';

const PAIRS = {
  module: new URL('../../../adapters/venues/binance/lists.ts', import.meta.url),
  name: 'listedPairs',
  run: listedPairs,
};

/** As large as the real one without its permissions, bytes. */
function exchangeInfo(): Uint8Array<ArrayBuffer> {
  const filters = [{ filterType: 'PRICE_FILTER', tickSize: '0.01' }, ...filler()];
  const symbols = Array.from({ length: 3400 }, (_, i) => {
    const quoteAsset = i % 6 === 0 ? 'USDT' : 'BTC';
    return { symbol: `C${i}${quoteAsset}`, status: 'TRADING', baseAsset: `C${i}`, quoteAsset, filters };
  });
  return new TextEncoder().encode(JSON.stringify({ symbols }));
}

function filler(): object[] {
  return Array.from({ length: 9 }, (_, i) => ({
    filterType: `F${i}`,
    a: '0.00001',
    b: '9000.0',
    c: '0.00001',
    d: true,
    e: i,
  }));
}

/** What this thread alone spends, ms. */
async function spent(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

test('a large answer costs the calling thread a fraction of what reading it there would', async () => {
  const bytes = exchangeInfo();
  const copy = bytes.slice();
  const inline = await spent(() => listedPairs(JSON.parse(new TextDecoder().decode(bytes))));
  let pairs: unknown[] | null = null;
  const apart = await spent(async () => {
    pairs = await reduceAnswer(copy, PAIRS);
  });
  assert.equal(pairs!.length, 567);
  assert.ok(apart < inline / 2, `${apart} ms of this thread, ${inline} ms where read here`);
});

test('a small one is read where it is; what is no JSON throws in either place', async () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(await reduceAnswer(encode('{"symbols":[]}'), PAIRS), []);
  assert.equal(await reduceAnswer(encode('{}'), PAIRS), null);
  await assert.rejects(reduceAnswer(encode('{"symbols":'), PAIRS), /JSON/);
  await assert.rejects(reduceAnswer(encode('['.repeat(200_000)), PAIRS), /JSON|stack/);
});
