import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Protocol = DynamoDBClient['config']['protocol'];

/** Of what a client hands over for one request. */
interface Operation {
  readonly name: string;
}
interface Context {
  endpoint(): Promise<{
    readonly protocol: string;
    readonly hostname: string;
    readonly port?: number;
    readonly path: string;
  }>;
}
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * A client's protocol that writes and reads operations as they are where their commands are JSON already: no schema is
 * walked for what would come out the same. Refusals are read by the client.
 *
 * @param service as the header `x-amz-target` names it
 * @param operations whose input and answer hold texts, numbers and truths alone: no bytes and no dates
 */
export function plainJson(own: Protocol, service: string, operations: ReadonlySet<string>): Protocol {
  // Its type leaves open what it is given; it is what the client's middleware gives it.
  const client = own as unknown as {
    serializeRequest(operation: Operation, input: object, context: Context): Promise<object>;
    deserializeResponse(operation: Operation, context: Context, answer: Answer): Promise<object>;
  };
  return Object.assign(Object.create(own), {
    async serializeRequest(operation: Operation, input: object, context: Context) {
      if (!operations.has(operation.name)) return await client.serializeRequest(operation, input, context);
      const { protocol, hostname, port, path } = await context.endpoint();
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${service}.${operation.name}` };
      return { method: 'POST', protocol, hostname, port, path, query: {}, headers, body: JSON.stringify(input) };
    },
    async deserializeResponse(operation: Operation, context: Context, answer: Answer) {
      const { statusCode, headers, body } = answer;
      if (statusCode >= 300 || !operations.has(operation.name))
        return await client.deserializeResponse(operation, context, answer);
      const $metadata = { httpStatusCode: statusCode, requestId: headers['x-amzn-requestid'] };
      return { ...JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString()), $metadata };
    },
  });
}
