import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { createSigner } from '#adapters/aws/signer.ts';

const REGION = 'ap-northeast-2';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** Takes requests instead of a network. */
function taker() {
  const taken: Sent[] = [];
  const requestHandler = {
    async handle(request: Sent) {
      taken.push(request);
      return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } };
    },
  };
  return { taken, requestHandler };
}

/** The same request signed by us, at the moment at which the client signed it. */
async function signedAgain(sent: Sent, service: string, credentials: Parameters<typeof createSigner>[0]) {
  const at = sent.headers['x-amz-date'] ?? '';
  const headers = Object.fromEntries(
    Object.entries(sent.headers).filter(
      ([name]) => !/^(authorization|x-amz-(date|content-sha256|security-token))$/.test(name),
    ),
  );
  const signer = createSigner(credentials, { region: REGION, service });
  const signingDate = new Date(at.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const request = { ...sent, protocol: 'https:', hostname: 'aws.example', headers };
  // Twice, as a request that is repeated is: the first signature is not a part of the second.
  await signer.sign(request, { signingDate: new Date(0) });
  return (await signer.sign(request, { signingDate })).headers;
}

const keys = fc.record(
  {
    accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9/+]{40}$/),
    sessionToken: fc.stringMatching(/^[A-Za-z0-9/+=]{1,300}$/),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);

test("signatures are those of the client's own signer, of a table's requests", async () => {
  const property = fc.asyncProperty(keys, fc.string({ unit: 'grapheme' }), async (credentials, word) => {
    const { taken, requestHandler } = taker();
    const own = new DynamoDBClient({ region: REGION, credentials, requestHandler, maxAttempts: 1 });
    await own.send(new PutItemCommand({ TableName: 't', Item: { pk: { S: `${word}-` } } }));
    const headers = await signedAgain(taken[0]!, 'dynamodb', own.config.credentials);
    assert.deepEqual(headers, taken[0]!.headers);
  });
  await fc.assert(property, { numRuns: 30 });
});

test("signatures are those of the client's own signer, of a queue's messages", async () => {
  const property = fc.asyncProperty(
    keys,
    fc.constantFrom('twinleg-dev-work', 'alerts.fifo'),
    async (credentials, name) => {
      const { taken, requestHandler } = taker();
      const own = new SQSClient({ region: REGION, credentials, requestHandler, md5: false });
      const QueueUrl = `https://sqs.${REGION}.amazonaws.com/000000000000/${name}`;
      await own.send(new SendMessageCommand({ QueueUrl, MessageBody: name }));
      const headers = await signedAgain(taken[0]!, 'sqs', own.config.credentials);
      assert.deepEqual(headers, taken[0]!.headers);
    },
  );
  await fc.assert(property, { numRuns: 30 });
});
