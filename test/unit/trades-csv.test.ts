import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createKpiTable } from '#adapters/store/sqlite/kpi-table.ts';
import { type Trade, tradeOf } from '#core/portfolio/trade.ts';
import { FILL_COLUMNS, fillsCsv, TRADE_COLUMNS, tradesCsv } from '../../cli/csv.ts';
import { testMachine } from '../support/machine.ts';

/** Positions with latency, so that some are chased, unwound and leave dust, under seeded rejections. */
function traded() {
  const symbols = ['BTC/USDT', 'ETH/USDT'];
  const t = testMachine({
    raw: {
      universe: { symbols },
      paper: { latencyMs: { binance: 20, upbit: 90 }, faults: { rejectRate: 0.3 } },
      strategy: { cooldownSeconds: 1, maxHoldSeconds: 2 },
    },
    guardsOn: false,
  });
  const start = Date.UTC(2026, 0, 31, 23, 59, 0);
  t.machine.start(start);
  for (let i = 0; i < 120; i++) {
    const at = start + i * 1000;
    t.fx(at, 1400 + (i % 5), 1400.5 + (i % 5));
    for (const symbol of symbols) {
      t.quote(at, 'binance', symbol, [[100, 7.30511]], [[100.01, 7.30511]]);
      const rich = i % 6 < 3 ? 142_500 : 140_100;
      t.quote(at + 10, 'upbit', symbol, [[rich, 3.12345]], [[rich + 50, 4.70011]]);
      t.quote(at + 95, 'upbit', symbol, [[rich, 2.00017]], [[rich + 50, 2.00019]]);
    }
  }
  t.machine.advanceTo(start + 200_000);
  return t;
}

/** Reads CSV as RFC 4180 has it, of the whole text. */
function parse(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let field = '';
  for (let i = 0, quoted = false; i < text.length; i++) {
    const letter = text[i]!;
    if (quoted && letter === '"' && text[i + 1] === '"') field += text[++i];
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === ',') {
      rows.at(-1)!.push(field);
      field = '';
    } else if (!quoted && letter === '\r' && text[i + 1] === '\n') {
      rows.at(-1)!.push(field);
      field = '';
      rows.push([]);
      i++;
    } else field += letter;
  }
  assert.deepEqual(rows.pop(), [], 'it ends with a line end');
  const [names, ...values] = rows;
  return values.map((row) => {
    assert.equal(row.length, names!.length);
    return Object.fromEntries(row.map((value, i) => [names![i]!, value]));
  });
}

const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(b)), `${a}, not ${b}`);

test('the rows’ sums are the totals of the figures; each row adds up from its fills', () => {
  const t = traded();
  const trades = createHistory(t.database).trades().map(tradeOf);
  const { total } = createKpiTable(t.database).book().report();
  const rows = parse(tradesCsv(trades));
  assert.ok(rows.length >= 5, `${rows.length} trades`);
  assert.ok(
    trades.some(({ fills }) => fills.length > 4),
    'one was chased, unwound or closed in parts',
  );
  assert.ok(
    trades.some(({ dust }) => dust.length > 0),
    'one left dust',
  );
  assert.equal(rows.length, total.trades);
  const sum = (column: string) => rows.reduce((all, row) => all + Number(row[column]), 0);
  close(sum('pnlUsdt'), total.pnlUsdt!);
  close(sum('feesUsdt'), total.feesUsdt!);
  close(sum('nakedSeconds'), total.nakedSeconds!);
  for (const row of rows) {
    const fills = Object.keys(row).flatMap((name) => /^fill(\d+)At$/.exec(name)?.[1] ?? []);
    let [pnl, fees, won] = [0, 0, 0];
    for (const n of fills) {
      const value = (name: string) => Number(row[`fill${n}${name}`]);
      if (row[`fill${n}At`] === '') continue;
      assert.ok(value('FxBid') > 0 && value('FxAsk') > value('FxBid'));
      pnl += value('AmountUsdt') - value('FeeUsdt');
      fees += value('FeeUsdt');
      const sign = row[`fill${n}Side`] === 'buy' ? -1 : 1;
      if (row[`fill${n}Currency`] === 'USDT') close(value('AmountUsdt'), sign * value('Amount'));
      else won += sign * value('Amount') - value('Fee');
      assert.equal(row[`fill${n}FeeAsset`], row[`fill${n}Currency`]);
    }
    close(Number(row.pnlUsdt), pnl);
    close(Number(row.feesUsdt), fees);
    close(Number(row.pnlAccountUsdt) - Number(row.pnlUsdt), Number(row.fxPnlUsdt));
    assert.ok(Number.isFinite(won));
    assert.match(row.closedAt!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(row.closeDate, row.closedAt!.slice(0, 10));
  }
  assert.deepEqual(new Set(rows.map(({ closeDate }) => closeDate)), new Set(['2026-01-31', '2026-02-01']));
  const fills = parse(fillsCsv(trades));
  assert.equal(
    fills.length,
    trades.reduce((all, trade) => all + trade.fills.length, 0),
  );
  close(
    fills.reduce((all, fill) => all + Number(fill.amountUsdt) - Number(fill.feeUsdt), 0),
    total.pnlUsdt!,
  );
  t.close();
});

test('nothing closed yet: the columns alone', () => {
  assert.equal(tradesCsv([]).split('\r\n').length, 2);
  assert.deepEqual(parse(tradesCsv([])), []);
});

test('texts are quoted where they need it and never run as a formula; numbers are written in full', () => {
  const trade: Trade = {
    id: 'a,"b"\r\nc',
    symbol: '=1+1',
    direction: 'SELL_UPBIT',
    quantity: 1e-7,
    decidedAtMs: 0,
    openedAtMs: null,
    closedAtMs: 1,
    reason: 'UNWOUND',
    entryNotionalUsdt: 1e21,
    pnlUsdt: -1.5e-12,
    pnlAccountUsdt: 0,
    fxPnlUsdt: 0,
    feesUsdt: 0,
    nakedMs: 1,
    dust: [],
    fills: [],
  };
  const text = tradesCsv([trade]);
  assert.ok(text.includes('"a,""b""\r\nc",\'=1+1,SELL_UPBIT,0.0000001,'));
  const [row] = parse(text);
  assert.equal(row!.id, trade.id);
  assert.equal(row!.pnlUsdt, '-0.0000000000015');
  assert.equal(row!.entryNotionalUsdt, '1000000000000000000000');
  assert.equal(row!.openedAt, '');
});

test('docs/trades-csv.md names every column', () => {
  const page = readFileSync(new URL('../../docs/trades-csv.md', import.meta.url), 'utf8');
  for (const column of TRADE_COLUMNS) assert.ok(page.includes(`\`${column}\``), column);
  for (const column of FILL_COLUMNS) {
    assert.ok(page.includes(`\`fill1${column[0]!.toUpperCase()}${column.slice(1)}\``), column);
  }
});
