import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { DEFAULTS, type ReferenceParameters, recompute } from '../reference/convergence.ts';
import { syntheticTape } from '../reference/synthetic.ts';
import { configOf, replay, writeTape } from '../support/backtest.ts';

const TAPE = new URL('../../../shared/data/tapes/btc-eth-11min.gz', import.meta.url).pathname;
const absent = existsSync(TAPE) ? false : 'the shared tape is not there';
const folder = mkdtempSync(join(tmpdir(), 'twinleg-recompute-'));
after(() => rmSync(folder, { recursive: true }));

function configFrom(p: ReferenceParameters) {
  const { minProfitThreshold, maxPositionSizeUsdt, cooldownSeconds, slippageAllowance, exitEdge, stopLoss } = p;
  const { maxHoldSeconds, maxQuoteAgeMs, takeProfit, stopConfirmMs, cooldownAfterStopSeconds } = p;
  return configOf({
    universe: { symbols: p.symbols.map((coin) => `${coin}/USDT`) },
    strategy: {
      minProfitThreshold,
      maxPositionSizeUsdt,
      cooldownSeconds,
      slippageAllowance,
      exitEdge,
      stopLoss,
      maxHoldSeconds,
      maxQuoteAgeMs,
      takeProfit,
      stopConfirmMs,
      cooldownAfterStopSeconds,
    },
    venues: { binance: { takerFeeRate: p.feeBinance }, upbit: { takerFeeRate: p.feeUpbit } },
    portfolio: { maxTotalExposureUsdt: p.maxTotalExposureUsdt },
    paper: { latencyMs: 0 },
  });
}

/** Trade by trade: what, when, why to the letter; money within 1e-9 USDT. */
async function agree(file: string, lines: string[], p: ReferenceParameters) {
  const expected = recompute(lines, p);
  const actual = await replay(file, configFrom(p));
  const key = (trade: { symbol: string; openedAtMs: number | null }) => `${trade.openedAtMs} ${trade.symbol}`;
  const mine = [...actual.trades].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const theirs = [...expected.trades].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  assert.equal(mine.length, theirs.length, 'number of trades');
  for (const [i, trade] of mine.entries()) {
    const reference = theirs[i]!;
    const { symbol, direction, quantity, openedAtMs, closedAtMs, reason } = trade;
    const { pnlUsdt, entryNotionalUsdt, ...same } = reference;
    assert.deepEqual({ symbol, direction, quantity, openedAtMs, closedAtMs, reason }, same);
    assert.ok(Math.abs(trade.pnlUsdt - pnlUsdt) < 1e-9, `${trade.pnlUsdt} against ${pnlUsdt}`);
    assert.ok(Math.abs(trade.entryNotionalUsdt - entryNotionalUsdt) < 1e-9);
    const fromFills = trade.fills.reduce((sum, fill) => sum + fill.amountUsdt - fill.feeUsdt, 0);
    assert.ok(Math.abs(trade.pnlUsdt - fromFills) < 1e-9, 'the PnL is the sum of the fills');
  }
  assert.equal(actual.open.length, expected.open, 'open positions');
  return mine;
}

test('the shared tape, defaults: four trades and −1.25422556 USDT', { skip: absent }, async () => {
  const lines = gunzipSync(readFileSync(TAPE)).toString('utf8').split('\n');
  const trades = await agree(TAPE, lines, DEFAULTS);
  assert.equal(trades.length, 4);
  assert.equal(trades.reduce((sum, { pnlUsdt }) => sum + pnlUsdt, 0).toFixed(8), '-1.25422556');
});

test('the shared tape, thinned, varied parameters', { skip: absent }, async () => {
  const all = gunzipSync(readFileSync(TAPE)).toString('utf8').trimEnd().split('\n');
  const lines = all.filter((line, i) => i % 5 === 0 || line.includes(' upbit '));
  const thinned = writeTape(join(folder, 'thinned.tape'), lines);
  let trades = 0;
  for (const vary of [
    { minProfitThreshold: 0, cooldownSeconds: 0, maxHoldSeconds: 20 },
    { minProfitThreshold: 0.0005, exitEdge: 0, maxPositionSizeUsdt: 2000, maxTotalExposureUsdt: 2500 },
    { slippageAllowance: 0, exitEdge: 0.002, stopLoss: 0.002, cooldownSeconds: 5, cooldownAfterStopSeconds: 30 },
    { takeProfit: 0.0005, stopConfirmMs: 400, stopLoss: 0.004, cooldownSeconds: 10 },
    { feeBinance: 0.00075, maxQuoteAgeMs: 300, minProfitThreshold: 0.0002, cooldownSeconds: 1 },
  ]) {
    trades += (await agree(thinned, lines, { ...DEFAULTS, ...vary })).length;
  }
  assert.ok(trades > 20, `enough trades to mean something: ${trades}`);
});

test('made-up tapes: every reason, both directions, caps that bind', async () => {
  const reasons = new Set<string>();
  const directions = new Set<string>();
  let smallest = Number.POSITIVE_INFINITY;
  for (let seed = 1; seed <= 12; seed++) {
    const symbols = ['BTC', 'ETH', 'SOL', 'LINK'].slice(0, 1 + (seed % 4));
    const p: ReferenceParameters = {
      ...DEFAULTS,
      symbols,
      cooldownSeconds: (seed * 7) % 20,
      maxHoldSeconds: 10 + seed * 2,
      stopLoss: seed % 2 === 0 ? 0.004 : 0.01,
      takeProfit: seed % 3 === 0 ? 0.002 : null,
      stopConfirmMs: seed % 4 === 0 ? 250 : 0,
      maxTotalExposureUsdt: 700 + seed * 50,
      cooldownAfterStopSeconds: seed % 5 === 0 ? 1 : null,
    };
    const lines = syntheticTape(seed, { coins: symbols, frames: 3000 });
    for (const trade of await agree(writeTape(join(folder, `${seed}.tape`), lines), lines, p)) {
      reasons.add(trade.reason);
      directions.add(trade.direction);
      smallest = Math.min(smallest, trade.entryNotionalUsdt);
    }
  }
  assert.deepEqual([...reasons].sort(), ['CONVERGED', 'LOSS_STOP', 'TAKE_PROFIT', 'TIME_STOP']);
  assert.equal(directions.size, 2);
  assert.ok(smallest < 250, `a cap or the display made an entry small: ${smallest}`);
});
