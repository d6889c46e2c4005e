import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { boardLine } from '../../cli/board/events.ts';

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
