import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { readRestBook } from '#adapters/venues/rest-book.ts';
import { startSimulator } from '../../simulator/server.ts';
import { until } from '../support/until.ts';

test('a book by REST has both venues’ levels, the best first, and the rate', async (t) => {
  const simulator = await startSimulator({ coins: ['BTC'], seed: 5, rate: 200 });
  t.after(() => simulator.close());
  const { binance, upbit } = simulator.urls;
  const urls = { binance: binance.restUrl, upbit: upbit.restUrl };
  let market = await readRestBook(urls, 'BTC/USDT', () => 7);
  await until('the simulator has quotes', async () => {
    market = await readRestBook(urls, 'BTC/USDT', () => 7);
    return market !== null;
  });
  for (const { bid, ask, receivedAtMs } of [market!.binance, market!.upbit]) {
    assert.ok(bid.count > 1 && ask.count > 1, 'levels behind the best');
    for (let i = 1; i < bid.count; i++) assert.ok(bid.price[i]! < bid.price[i - 1]!);
    for (let i = 1; i < ask.count; i++) assert.ok(ask.price[i]! > ask.price[i - 1]!);
    assert.ok(bid.price[0]! < ask.price[0]!);
    assert.equal(receivedAtMs, 7);
  }
  const { fx } = market!;
  assert.ok(fx.bid > 1000 && fx.bid <= fx.ask);
  assert.equal(await readRestBook(urls, 'NONE/USDT', () => 7), null, 'a symbol that nobody lists');
});

test('a venue that answers with an error, with nonsense or not at all gives no book', async (t) => {
  const answers = ['error', 'nonsense', 'silence'] as const;
  for (const answer of answers) {
    const server = createServer((_request, response) => {
      if (answer === 'error') response.writeHead(500).end();
      else if (answer === 'nonsense') response.end('{"bids": [["1", "-2"]], "asks": []}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.equal(await readRestBook({ binance: url, upbit: url }, 'BTC/USDT', Date.now), null, answer);
  }
});
