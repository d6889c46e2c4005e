import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createSockets } from 'node:net';
import { test } from 'node:test';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { createSqsClient } from '#adapters/bus/sqs/queues.ts';
import { createDynamoClient } from '#adapters/store/dynamodb/client.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
const region = 'ap-northeast-2';
const describe = () => new DescribeTableCommand({ TableName: 't' });

/** A service that answers as told on a free port, until the work is done. */
async function serve(listener: RequestListener, work: (endpoint: string) => Promise<void>): Promise<void> {
  Object.assign(process.env, KEYS);
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ENDPOINT_URL = endpoint;
  try {
    await work(endpoint);
  } finally {
    delete process.env.AWS_ENDPOINT_URL;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

/** The same, asked by a client of a table. */
function asked(listener: RequestListener, work: (client: DynamoDBClient) => Promise<void>, requestMs = 5000) {
  return serve(listener, async (endpoint) => {
    const client = createDynamoClient({ table: 't', region, endpoint }, requestMs);
    await work(client).finally(() => client.destroy());
  });
}

test('answers in pieces are read whole, over one connection', async () => {
  const ports = new Set<number | undefined>();
  const inPieces: RequestListener = (request, response) => {
    ports.add(request.socket.remotePort);
    response.write('{"Table":{"TableName":"');
    setImmediate(() => response.end('€"}}'));
  };
  await asked(inPieces, async (client) => {
    for (let i = 0; i < 5; i++) {
      const { Table } = await client.send(describe());
      assert.equal(Table?.TableName, '€');
    }
  });
  assert.equal(ports.size, 1);
});

test('a refusal keeps its name and its time', async () => {
  const refusing: RequestListener = (_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"}');
  };
  await asked(refusing, async (client) => {
    await assert.rejects(client.send(describe()), (error: Error & { $response?: unknown }) => {
      assert.equal(error.name, 'ResourceNotFoundException');
      const { headers } = error.$response as { headers: Record<string, string> };
      return !Number.isNaN(Date.parse(headers.date ?? ''));
    });
  });
});

test('what is answered too late, by half or not at all, has failed in time', async () => {
  for (const isHalf of [true, false]) {
    const halting: RequestListener = (_request, response) => void (isHalf && response.write('{"Table":'));
    await asked(halting, (client) => assert.rejects(client.send(describe()), { name: 'TimeoutError' }), 200);
  }
});

test('a connection that is cut in the middle of an answer counts as lost', async () => {
  const cutting: RequestListener = (request, response) => {
    response.write('{"Table":');
    setImmediate(() => request.socket.destroy());
  };
  await asked(cutting, (client) => assert.rejects(client.send(describe()), { name: 'TimeoutError' }));
});

test('where nobody is, that is told', async () => {
  Object.assign(process.env, KEYS);
  const closed = createSockets().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  const client = createDynamoClient({ table: 't', region, endpoint: `http://127.0.0.1:${port}` });
  await assert.rejects(client.send(describe()), { code: 'ECONNREFUSED' });
  client.destroy();
});

test('a request that is given up ends at once', async () => {
  const arrived = Promise.withResolvers<void>();
  await serve(
    () => arrived.resolve(),
    async () => {
      const sqs = createSqsClient(region, 1, 60_000);
      const giveUp = new AbortController();
      const polled = sqs.send(new ListQueuesCommand({}), { abortSignal: giveUp.signal });
      await arrived.promise;
      giveUp.abort();
      await assert.rejects(polled, { name: 'AbortError' });
      sqs.destroy();
    },
  );
});

test('a request to a queue is repeated once after a lost answer', async () => {
  let times = 0;
  const losing: RequestListener = (request, response) => {
    if (++times === 1) request.socket.destroy();
    else response.end('{"QueueUrls":["q"]}');
  };
  await serve(losing, async () => {
    const sqs = createSqsClient(region, 2);
    const { QueueUrls } = await sqs.send(new ListQueuesCommand({}));
    assert.deepEqual(QueueUrls, ['q']);
    sqs.destroy();
  });
  assert.equal(times, 2);
});
