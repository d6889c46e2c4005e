import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { SQSClient } from '@aws-sdk/client-sqs';
import { sqsError } from '#adapters/bus/sqs/errors.ts';
import { createTickSender } from '#adapters/bus/sqs/publisher.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { until } from '../../support/until.ts';

const routing = createRouting({ stage: 'test', queueLayout: 'per-symbol', shards: 4 });

function clientOf(port: number): SQSClient {
  return new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that speaks SQS' own protocol: it takes what `answer` says, and keeps what it was asked. */
async function speaks(answer: (target: string, body: Record<string, unknown>) => Answer) {
  const asked: [string, Record<string, unknown>][] = [];
  const dates: [string, string][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const target = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
      const body = JSON.parse(Buffer.concat(chunks).toString());
      asked.push([target, body]);
      dates.push([target, String(request.headers['x-amz-date'])]);
      const { status, body: answered, headers } = answer(target, body);
      const all = { 'content-type': 'application/x-amz-json-1.0', ...headers };
      response.writeHead(status, all).end(JSON.stringify(answered));
    });
  });
  const connections = { opened: 0, open: 0 };
  server.on('connection', (socket) => {
    connections.opened++;
    connections.open++;
    socket.once('close', () => connections.open--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sqs = clientOf(port);
  const close = () => {
    sqs.destroy();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { sqs, asked, dates, connections, port, close, closeIdle: () => server.closeIdleConnections() };
}

const named = (_target: string, body: Record<string, unknown>) => ({
  status: 200,
  body: { QueueUrl: `http://127.0.0.1/q/${String(body.QueueName)}` },
});

test('messages go in batches of ten of one queue each, in order; what was refused is told', async () => {
  const server = await speaks((target, body) => {
    if (target === 'GetQueueUrl') return named(target, body);
    const entries = body.Entries as { Id: string; MessageBody: string }[];
    const refused = entries.filter(({ MessageBody }) => MessageBody === 'BTC 3');
    return {
      status: 200,
      body: {
        Successful: [],
        Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      },
    };
  });
  const sender = createTickSender(server.sqs, createQueueUrls(server.sqs), routing);
  const batch = ['BTC', 'ETH'].flatMap((coin) =>
    Array.from({ length: 12 }, (_, i) => ({ symbol: `${coin}/USDT`, body: `${coin} ${i}` })),
  );
  const { failed } = await sender.send(batch);
  assert.deepEqual(failed, [
    { message: batch[3], code: 'InternalError', told: 'twinleg-test-ticks-BTC-USDT did not take it', retryable: true },
  ]);
  const sent = server.asked.filter(([target]) => target === 'SendMessageBatch').map(([, body]) => body);
  assert.deepEqual(sent.map(({ Entries }) => (Entries as []).length).sort(), [10, 10, 2, 2]);
  const eth = sent.filter(({ QueueUrl }) => String(QueueUrl).endsWith('ETH-USDT')).flatMap(({ Entries }) => Entries);
  assert.deepEqual(
    new Set(eth.map((entry) => (entry as { MessageBody: string }).MessageBody)),
    new Set(batch.slice(12).map(({ body }) => body)),
  );
  await server.close();
});

test('a queue that is gone fails its own messages, and its address is asked for again', async () => {
  const server = await speaks((target, body) => {
    if (target === 'GetQueueUrl') return named(target, body);
    return { status: 400, body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no such queue' } };
  });
  const sender = createTickSender(server.sqs, createQueueUrls(server.sqs), routing);
  for (let i = 0; i < 2; i++) {
    const { failed } = await sender.send([{ symbol: 'BTC/USDT', body: 'x' }]);
    assert.deepEqual(
      failed.map(({ code, retryable }) => [code, retryable]),
      [['QUEUE_MISSING', false]],
    );
  }
  assert.equal(server.asked.filter(([target]) => target === 'GetQueueUrl').length, 2);
  await server.close();
});

const AHEAD_MS = 600_000;

/** `20261125T000000Z`, as requests are signed. */
function signedAtMs(date: string): number {
  return Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}

test('a clock ahead of AWS is named with its remedy; the client corrects its next request by what AWS answered', async () => {
  let refused = 0;
  const server = await speaks((target, body) => {
    if (target === 'GetQueueUrl') return named(target, body);
    if (refused++ > 0) return { status: 200, body: { Successful: [], Failed: [] } };
    const message = 'Signature not yet current: 20261125T000000Z is still later than 20261124T235000Z';
    const headers = { date: new Date(Date.now() - AHEAD_MS).toUTCString() };
    return { status: 403, body: { __type: 'com.amazonaws.sqs#InvalidSignatureException', message }, headers };
  });
  const sender = createTickSender(server.sqs, createQueueUrls(server.sqs), routing);
  const { failed } = await sender.send([{ symbol: 'BTC/USDT', body: 'x' }]);
  assert.equal(failed[0]?.code, 'AWS_CLOCK_SKEW');
  assert.match(failed[0].told, /Signature not yet current.*synchronise the clock/);
  assert.deepEqual((await sender.send([{ symbol: 'BTC/USDT', body: 'x' }])).failed, []);
  const behind = server.dates
    .filter(([target]) => target === 'SendMessageBatch')
    .map(([, date]) => (Date.now() - signedAtMs(date)) / 1000);
  assert.equal(behind.length, 2);
  assert.ok(behind[0]! < 10, `the first is signed ${behind[0]} s ago`);
  assert.ok(behind[1]! > 590 && behind[1]! < 610, `the next is signed ${behind[1]} s ago`);
  await server.close();
});

test('a connection that the endpoint closed while it idled costs no tick', async () => {
  const server = await speaks((target, body) =>
    target === 'GetQueueUrl' ? named(target, body) : { status: 200, body: { Successful: [], Failed: [] } },
  );
  const sender = createTickSender(server.sqs, createQueueUrls(server.sqs), routing);
  for (let i = 0; i < 4; i++) {
    assert.deepEqual((await sender.send([{ symbol: 'BTC/USDT', body: 'x' }])).failed, []);
    await until('the connections idle, and are closed', () => {
      server.closeIdle();
      return server.connections.open === 0;
    });
  }
  assert.ok(server.connections.opened >= 4, `${server.connections.opened} connections`);
  await server.close();
});

test('an endpoint that does not answer fails every message, retryable, and throws nothing', async () => {
  const server = await speaks(named);
  await server.close();
  const sqs = clientOf(server.port);
  const sender = createTickSender(sqs, createQueueUrls(sqs), routing);
  const { failed } = await sender.send([{ symbol: 'BTC/USDT', body: 'x' }]);
  assert.deepEqual(
    failed.map(({ retryable }) => retryable),
    [true],
  );
  sqs.destroy();
});

test('failures of AWS are told with code, what and remedy', () => {
  const named = (name: string) => Object.assign(new Error('as AWS says'), { name });
  const cases = {
    CredentialsProviderError: 'AWS_CREDENTIALS',
    InvalidClientTokenId: 'AWS_CREDENTIALS',
    AccessDenied: 'AWS_ACCESS_DENIED',
    InvalidSignatureException: 'AWS_CREDENTIALS',
    RequestTimeTooSkewed: 'AWS_CLOCK_SKEW',
    QueueDoesNotExist: 'QUEUE_MISSING',
    TimeoutError: 'AWS_UNAVAILABLE',
  };
  for (const [name, code] of Object.entries(cases)) {
    const error = sqsError('list queues', named(name));
    assert.equal(error.code, code);
    assert.match(error.message, /list queues.*as AWS says/);
    assert.ok(error.remedy.length > 0);
  }
});
