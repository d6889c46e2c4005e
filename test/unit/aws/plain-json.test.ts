import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { createDynamoClient } from '#adapters/store/dynamodb/client.ts';

const region = 'ap-northeast-2';
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };

interface Sent {
  readonly hostname: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

const textOf = (body: string | Uint8Array) => (typeof body === 'string' ? body : new TextDecoder().decode(body));

/** Our client and the one that AWS makes, answered alike; what each sent. */
function both(status: number, answer: object) {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
  const taker = () => {
    const sent: object[] = [];
    async function handle({ hostname, path, headers, body }: Sent) {
      const { 'content-type': type, 'x-amz-target': target } = headers;
      sent.push({ hostname, path, type, target, body: JSON.parse(textOf(body)) });
      const heads = { 'x-amzn-requestid': 'r' };
      return { response: { statusCode: status, headers: heads, body: Buffer.from(JSON.stringify(answer)) } };
    }
    return { sent, handle };
  };
  const [ourTaker, theirTaker] = [taker(), taker()];
  const ours = createDynamoClient({ table: 't', region });
  Object.assign(ours.config, { requestHandler: { ...ourTaker, destroy() {} } });
  const theirs = new DynamoDBClient({ region, credentials, maxAttempts: 1, requestHandler: theirTaker });
  return { ours, theirs, sent: () => assert.deepEqual(ourTaker.sent, theirTaker.sent) };
}

const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((S) => ({ S })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => ({ N: String(number) })),
  fc.boolean().map((BOOL) => ({ BOOL })),
);
const item = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
  value,
  { minKeys: 1 },
);

test("what is sent and read is what AWS's own protocol sends and reads", async () => {
  const property = fc.asyncProperty(item, item, fc.uuid(), async (one, other, ClientRequestToken) => {
    const { ours, theirs, sent } = both(200, { Responses: { t: [one, other] }, UnprocessedKeys: {} });
    const RequestItems = { t: { Keys: [one, other], ConsistentRead: true } };
    const get = new BatchGetItemCommand({ RequestItems });
    const [our, their] = [await ours.send(get), await theirs.send(get)];
    assert.deepEqual(our.Responses, their.Responses);
    assert.deepEqual(our.UnprocessedKeys, their.UnprocessedKeys);
    assert.equal(our.$metadata.requestId, their.$metadata.requestId);
    const Put = {
      TableName: 't',
      Item: one,
      ConditionExpression: 'a = :a',
      ExpressionAttributeValues: { ':a': { S: '' } },
    };
    const Update = { TableName: 't', Key: other, UpdateExpression: 'ADD a :a' };
    const transaction = new TransactWriteItemsCommand({ ClientRequestToken, TransactItems: [{ Put }, { Update }] });
    const put = new PutItemCommand({ ...Put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    for (const client of [ours, theirs]) {
      await client.send(transaction);
      await client.send(put);
    }
    sent();
  });
  await fc.assert(property, { numRuns: 50 });
});

test('refusals are told as AWS tells them', async () => {
  const { ours, theirs } = both(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: 'Transaction cancelled',
    CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'x' } } }],
  });
  const transaction = new TransactWriteItemsCommand({ ClientRequestToken: 'x', TransactItems: [] });
  const failed = (client: DynamoDBClient) => client.send(transaction).catch((error: unknown) => error);
  const [our, their] = [await failed(ours), await failed(theirs)];
  assert.ok(our instanceof TransactionCanceledException && their instanceof TransactionCanceledException);
  assert.deepEqual(our.CancellationReasons, their.CancellationReasons);
  assert.equal(our.message, their.message);
});
