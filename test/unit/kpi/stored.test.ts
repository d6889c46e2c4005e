import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createKpiTable } from '#adapters/store/sqlite/kpi-table.ts';
import { pnlUsdt } from '#core/execution/ledger.ts';
import { closedTrade } from '#core/kpi/closed-trade.ts';
import { testMachine } from '../../support/machine.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

/** Two round trips of each symbol, with an exchange rate that moves while they are open. */
function traded() {
  const t = testMachine({ raw: { universe: { symbols: SYMBOLS }, paper: { latencyMs: 0 } }, guardsOn: false });
  const start = 1_700_000_000_000;
  t.machine.start(start);
  for (let round = 0; round < 2; round++) {
    const at = start + round * 86_400_000;
    t.fx(at, 1400, 1400.5);
    for (const symbol of SYMBOLS) {
      t.quote(at, 'binance', symbol, [[100, 1e4]], [[100.01, 1e4]]);
      t.quote(at + 10, 'upbit', symbol, [[142_000, 1e4]], [[142_050, 1e4]]);
    }
    t.fx(at + 15, 1402, 1402.5);
    for (const symbol of SYMBOLS) t.quote(at + 20, 'upbit', symbol, [[140_190, 1e4]], [[140_200, 1e4]]);
  }
  return t;
}

const kpis = (t: ReturnType<typeof traded>) => auditStore(t.database).find(({ name }) => name === 'kpis')!;

test('figures are stored with the close, read without the trades, and equal to a recomputation', () => {
  const t = traded();
  const table = createKpiTable(t.database);
  const { total, symbols } = table.book().report();
  assert.equal(total.trades, 4);
  assert.equal(symbols['BTC/USDT']!.trades, 2);
  assert.deepEqual(table.book().report(), table.recomputed().report());
  assert.equal(kpis(t).ok, true);
  assert.ok(
    Math.abs(total.pnlUsdt! - (total.coinGapPnlUsdt! + total.fxEffectUsdt! - total.feesUsdt! - total.slippageUsdt!)) <
      1e-9,
  );
  assert.equal(total.slippageUsdt, 0, 'without latency a fill is what was decided');
  assert.ok(total.captureRatio! > 0);
  t.close();
});

test('a rate that moves while a position is open shows as FX, not as the coin’s gap', () => {
  const t = traded();
  const [pair] = createHistory(t.database).trades();
  const trade = closedTrade(pair!);
  const [entry, exit] = pair!.fills.filter(({ currency }) => currency === 'KRW');
  assert.equal(exit!.fxBid, '1402');
  // Bought back at 1402 instead of 1400: fewer USDT paid.
  const paid = Number(exit!.amount);
  assert.ok(Math.abs(trade.fxEffectUsdt - (paid / 1400 - paid / 1402)) < 1e-9);
  assert.equal(entry!.side, 'sell');
  assert.equal(trade.pnl, pnlUsdt(pair!.fills).toNumber());
  t.close();
});

test('a store without figures makes them from its positions; ones that were changed are found', () => {
  const t = traded();
  const { db } = t.database;
  const before = createKpiTable(t.database).book().report();
  db.exec('DELETE FROM kpi; UPDATE position SET close_number = NULL');
  assert.deepEqual(createKpiTable(t.database).book().report(), before);
  createKpiTable(t.database).add(createHistory(t.database).trades()[3]!);
  assert.deepEqual(createKpiTable(t.database).book().report(), before, 'the first close afterwards counts all');
  db.exec(`UPDATE kpi SET body = json_set(body, '$.trades', 5) WHERE symbol IS NULL`);
  assert.equal(kpis(t).ok, false);
  assert.match(kpis(t).detail, /total trades/);
  t.close();
});
