import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { RestBudget } from '#adapters/universe/rest-client.ts';
import { RestClient, RestError } from '#adapters/universe/rest-client.ts';
import { readBinance } from '#adapters/venues/binance/rest.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** A venue that answers as told, and what was reserved of its budget. */
async function withVenue(answer: Answer, run: (client: RestClient, asked: string[], spent: number[]) => Promise<void>) {
  const asked: string[] = [];
  const spent: number[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    answer(request, response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const budget: RestBudget = {
    usualBlockMs: { limited: 30, banned: 60_000 },
    reserve(weight) {
      spent.push(weight);
      return 0;
    },
    learn() {},
  };
  const restUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await run(new RestClient({ restUrl, budget }), asked, spent);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const isRest = (status: number | null, message: RegExp) => (error: unknown) =>
  error instanceof RestError && error.status === status && message.test(error.message);

test('an answer is JSON; every request takes its weight from the budget first', () =>
  withVenue(
    (_, response) => response.end('{"a":1}'),
    async (client, asked, spent) => {
      assert.deepEqual(await client.get('/x', 20), { a: 1 });
      await client.get('/y');
      assert.deepEqual(
        [asked, spent],
        [
          ['/x', '/y'],
          [20, 1],
        ],
      );
    },
  ));

test('429 with a short wait is waited for and asked again; after three it fails, with the moment until when', () =>
  withVenue(
    (_, response, n) => (n === 1 ? response.writeHead(429, { 'retry-after': '0' }).end() : response.end('[]')),
    async (client, asked) => {
      assert.deepEqual(await client.get('/x'), []);
      assert.equal(asked.length, 2);
    },
  ).then(() =>
    withVenue(
      (_, response) => response.writeHead(429).end(),
      async (client, asked) => {
        await assert.rejects(client.get('/x'), isRest(429, /limits us/));
        assert.equal(asked.length, 3, 'the usual wait of its budget between them');
      },
    ),
  ));

test('429 without end and with no wait at all is given up too', () =>
  withVenue(
    (_, response) => response.writeHead(429, { 'retry-after': '0' }).end(),
    async (client, asked) => {
      await assert.rejects(client.get('/x'), isRest(429, /limits us/));
      assert.equal(asked.length, 3);
    },
  ));

test('418, or a long 429, blocks everything until it is over: nothing is asked meanwhile', () =>
  withVenue(
    (_, response) => response.writeHead(418, { 'retry-after': '120' }).end(),
    async (client, asked) => {
      const error = await client.get('/x').catch((reason) => reason);
      assert.ok(error instanceof RestError && error.retryAtMs !== null);
      assert.ok(Math.abs(error.retryAtMs - Date.now() - 120_000) < 5000);
      await assert.rejects(client.get('/y'), isRest(429, /limits us for (1[12]\d) s more/));
      assert.deepEqual(asked, ['/x']);
    },
  ));

test('any other status, no JSON and nobody there are told with the host', async () => {
  await withVenue(
    (_, response) => response.writeHead(500).end(),
    async (client) => assert.rejects(client.get('/x'), isRest(500, /^127\.0\.0\.1:\d+ answers 500$/)),
  );
  await withVenue(
    (_, response) => response.end('<html>'),
    async (client) => assert.rejects(client.get('/x'), isRest(200, /JSON/)),
  );
  const budget: RestBudget = { usualBlockMs: { limited: 1, banned: 1 }, reserve: () => 0, learn() {} };
  const nobody = new RestClient({ restUrl: 'http://127.0.0.1:1', budget });
  await assert.rejects(nobody.get('/x'), isRest(null, /127\.0\.0\.1:1: /));
});

const pairs = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const coin = `C${i}`;
    const quote = i % 4 === 0 ? 'USDT' : 'BTC';
    return {
      symbol: `${coin}${quote}`,
      status: i === 8 ? 'CANCEL_ONLY' : 'TRADING',
      baseAsset: coin,
      quoteAsset: quote,
    };
  });

test('a large listing is read in a thread, and only USDT pairs come back', () =>
  withVenue(
    ({ url }, response) => {
      const filters = [
        { filterType: 'PRICE_FILTER', tickSize: '0.01000000' },
        { filterType: 'LOT_SIZE', stepSize: '0.00100000', minQty: '0.00200000' },
        { filterType: 'NOTIONAL', minNotional: '5.00000000' },
        { filterType: 'FILLER', text: 'x'.repeat(1500) },
      ];
      const symbols = pairs(6000).map((pair) => ({ ...pair, filters }));
      if (url!.startsWith('/api/v3/exchangeInfo')) response.end(JSON.stringify({ symbols }));
      else if (url === '/api/v3/ticker/24hr') {
        response.end(JSON.stringify(symbols.map(({ symbol }) => ({ symbol, lastPrice: '2', quoteVolume: '3000' }))));
      } else
        response.end(JSON.stringify([{ symbol: 'C4USDT', bidPrice: '1', bidQty: '7', askPrice: '2', askQty: '9' }]));
    },
    async (client, asked) => {
      const reading = await readBinance(client, true);
      assert.deepEqual(asked, [
        '/api/v3/exchangeInfo?showPermissionSets=false',
        '/api/v3/ticker/24hr',
        '/api/v3/ticker/bookTicker',
      ]);
      assert.equal(reading.facts.size, 1500);
      assert.equal(reading.facts.get('C8/USDT')!.trading, false);
      assert.deepEqual(reading.rules.get('C4/USDT'), {
        lot: '0.001',
        tick: '0.01',
        minQuantity: '0.002',
        minNotional: '5',
      });
      const { bid, ask, depth, volume, lastPrice } = reading.facts.get('C4/USDT')!;
      assert.deepEqual([bid, ask, depth, volume, lastPrice], [1, 2, 7, 3000, 2]);
    },
  ));

test('what is no listing, in a thread too, is a failure of the venue and not of the run', () =>
  withVenue(
    (_, response) => response.end(`{"symbols": [${' '.repeat(200_000)}`),
    async (client) => assert.rejects(readBinance(client, true), isRest(200, /JSON/)),
  ));
