import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { NOT_RUNNING } from '#adapters/wiring/read-status.ts';
import type { RunView } from '#adapters/wiring/run-view.ts';
import { type Standing, standingOf } from '#core/engine/standing.ts';
import { boardLine } from '../../cli/board/events.ts';
import { boardLines } from '../../cli/board/render.ts';
import { testMachine } from '../support/machine.ts';

function told(event: string, fields: Record<string, unknown>): string | null {
  const line = boardLine('info', event, fields);
  return line === null ? null : stripVTControlCharacters(line).slice('00:00:00 '.length);
}

test('the board tells what happens in words', () => {
  const symbol = 'ETH/USDT';
  const decision = { symbol, decision: 'ENTER', code: 'SELL_UPBIT', netEdge: 0.00361 };
  assert.equal(told('decision', decision), 'ETH/USDT enters SELL_UPBIT at 36.1 bp');
  const fill = { symbol, venue: 'upbit', side: 'sell', quantity: 0.16, price: 4337000 };
  assert.equal(told('fill', fill), 'ETH/USDT sold 0.16 on upbit at 4,337,000');
  const trade = { symbol, reason: 'CONVERGED', pnlUsdt: 2.0235, heldSeconds: 21.2 };
  assert.equal(told('trade', trade), 'ETH/USDT closed CONVERGED: +2.0235 USDT after 21.2 s');
});

test('the board leaves out states that its rows show, never those of a pair in trouble', () => {
  assert.equal(told('pair', { symbol: 'ETH/USDT', state: 'OPEN' }), null);
  assert.equal(told('pair', { symbol: 'ETH/USDT', state: 'UNWINDING' }), 'ETH/USDT is UNWINDING');
});

test('an event without a sentence of its own is shown with all its fields', () => {
  assert.equal(told('refused', { symbol: 'ETH/USDT', code: 'COOLDOWN' }), 'refused symbol=ETH/USDT code=COOLDOWN');
});

const at = 1_700_000_000_000;

/** A symbol with an open position, one beside it that is flat. */
function shown(): { view: RunView; standings: Standing[] } {
  const t = testMachine({ raw: { universe: { symbols: ['BTC/USDT', 'ETH/USDT'] }, paper: { latencyMs: 0 } } });
  t.machine.start(at);
  t.fx(at, 1400, 1400.5);
  t.quote(at, 'binance', 'ETH/USDT', [[50, 1e4]], [[50.01, 1e4]]);
  t.quote(at, 'upbit', 'ETH/USDT', [[70_000, 1e4]], [[70_010, 1e4]]);
  t.quote(at, 'binance', 'BTC/USDT', [[91_000, 1e4]], [[91_000.01, 1e4]]);
  t.quote(at + 10, 'upbit', 'BTC/USDT', [[129_000_000, 1e4]], [[129_001_000, 1e4]]);
  const { engine, joiner } = t.machine;
  const standings = engine.states.map((state, i) => standingOf(state, joiner.markets[i]!, engine.world, at + 300));
  t.close();
  const feed = { connected: true, lastFrameAgeMs: 44, reconnects: 0, standbyReady: false };
  const view = {
    ...NOT_RUNNING,
    running: true,
    source: 'simulator',
    uptimeSeconds: 27,
    trades: 3,
    pnlUsdt: 10.94,
    ticks: 4310,
  };
  const venues = { binance: feed, upbit: { ...feed, connected: false } };
  return { view: { ...view, openPositions: 1, exposureUsdt: 499.1, url: 'http://127.0.0.1:9464', venues }, standings };
}

const plain = (lines: readonly string[]) => lines.map((line) => stripVTControlCharacters(line));

test('the board shows state, PnL, feeds, and each symbol with both quotes, net edge and state, the open one first', () => {
  const lines = plain(boardLines(shown(), ['one', 'two'], { columns: 140, rows: 40 }));
  assert.match(lines[0]!, /^Twinleg {2}paper on simulator {2}ACTIVE {2}27\.0 s$/);
  assert.match(lines[1]!, /PnL \+10\.9400 USDT in 3 closed .* 1 open, 499\.10 USDT .* 4,310 ticks/);
  assert.match(lines[2]!, /binance 44 ms {2}upbit disconnected .*http:\/\/127\.0\.0\.1:9464\/metrics/);
  const rows = lines.filter((line) => line.includes('/USDT '));
  assert.match(
    rows[0]!,
    /^BTC\/USDT +91,000 +91,000\.01 +129,000,000 +129,001,000 +\S+ +Upbit +OPEN +[-−+]\d+\.\d+ +\d+ ms$/,
  );
  assert.match(rows[1]!, /^ETH\/USDT +50 +50\.01 +70,000 +70,010 +-\d+\.\d +\S+ +FLAT/);
  assert.deepEqual(lines.slice(-2), ['one', 'two']);
});

test('the board fits any terminal: narrow, flat, before the start', () => {
  for (const columns of [20, 60, 80, 107, 108, 200]) {
    for (const rows of [1, 5, 12, 24, 60]) {
      for (const content of [null, shown()]) {
        const lines = plain(
          boardLines(
            content,
            Array.from({ length: 80 }, (_, i) => `event ${i} ${'x'.repeat(150)}`),
            { columns, rows },
          ),
        );
        assert.ok(lines.length <= rows && lines.every((line) => line.length <= columns), `${columns} × ${rows}`);
      }
    }
  }
});
