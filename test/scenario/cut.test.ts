import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { syntheticTape } from '../reference/synthetic.ts';
import { configOf, replay, writeTape } from '../support/backtest.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-cut-'));
after(() => rmSync(folder, { recursive: true }));

const COINS = ['BTC', 'ETH', 'XRP'];
const FRAMES = 1500;
let files = 0;

test('cutting a tape at any frame gives the same trades up to the cut', async () => {
  let tradesSeen = 0;
  const settings = fc.record({
    seed: fc.integer({ min: 1, max: 1000 }),
    cut: fc.integer({ min: 0, max: FRAMES }),
    latencyMs: fc.constantFrom(0, 50, 400),
    guardsOn: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(settings, async ({ seed, cut, latencyMs, guardsOn }) => {
      const config = configOf({
        universe: { symbols: COINS.map((coin) => `${coin}/USDT`) },
        strategy: { cooldownSeconds: 2, maxHoldSeconds: 20 },
        paper: { latencyMs },
      });
      const lines = syntheticTape(seed, { coins: COINS, frames: FRAMES });
      const whole = await replay(writeTape(join(folder, `${++files}`), lines), config, guardsOn);
      const part = await replay(writeTape(join(folder, `${++files}`), lines.slice(0, cut)), config, guardsOn);
      assert.deepEqual(part.trades, whole.trades.slice(0, part.trades.length));
      const endMs = part.tape.lastMs ?? 0;
      const before = whole.trades.filter(({ closedAtMs }) => closedAtMs < endMs);
      assert.ok(part.trades.length >= before.length, `${part.trades.length} of ${before.length}`);
      tradesSeen += part.trades.length;
    }),
    { numRuns: 40, seed: 7 },
  );
  assert.ok(tradesSeen > 50, `${tradesSeen} trades`);
});
