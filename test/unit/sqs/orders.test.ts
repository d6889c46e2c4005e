import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostVenues } from '#adapters/broker/host-venues.ts';
import { decodeOrders, encodeOrders } from '#adapters/bus/sqs/orders.ts';
import type { Order } from '#core/execution/types.ts';
import type { HostOrders } from '#core/ports/venue.ts';

const ORDER: Order = {
  id: 'p1-0eb',
  positionId: 'p1',
  symbol: 'BTC/USDT',
  venue: 'binance',
  side: 'buy',
  quantity: '0.001',
  limitPrice: '60000.1',
  decidedPrice: '60000',
  purpose: 'entry',
  status: 'sent',
  sentAtMs: 1_700_000_000_000,
};
const HANDED: HostOrders = {
  symbol: 'BTC/USDT',
  how: 'place',
  orders: [ORDER],
  sentAtMs: 1_700_000_000_001,
  market: null,
};

test('orders arrive at the host as they left', () => {
  const read = decodeOrders(encodeOrders(HANDED));
  assert.deepEqual(read, { ok: true, value: HANDED });
});

test('what is no order is told, never sent', () => {
  const body = JSON.parse(encodeOrders(HANDED));
  const broken = [
    { ...body, v: 2 },
    { ...body, orders: [] },
    { ...body, orders: [{ ...ORDER, quantity: '-1' }] },
    { ...body, orders: [ORDER, { ...ORDER, symbol: 'ETH/USDT' }] },
    { ...body, how: 'cancel' },
    { ...body, more: 1 },
    { ...body, market: '{}' },
  ];
  for (const each of broken) assert.ok(!decodeOrders(JSON.stringify(each)).ok, JSON.stringify(each).slice(0, 80));
  assert.ok(!decodeOrders('no JSON').ok);
});

test('a function hands its orders over once, and waits for no answer', async () => {
  const handed: HostOrders[] = [];
  const session = createHostVenues(async (orders) => void handed.push(orders)).session(null);
  session.place([ORDER], 5);
  session.place([], 6);
  session.query([ORDER], 7);
  assert.equal(await session.next(), null);
  assert.equal(await session.next(), null);
  assert.deepEqual(
    handed.map(({ how, sentAtMs }) => [how, sentAtMs]),
    [
      ['place', 5],
      ['query', 7],
    ],
  );
});
