import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Part, presentCount, type Tallies } from './counts.ts';
import { dynamoCost } from './dynamodb.ts';
import { queueRequests } from './units.ts';

/** Of a client, what counting needs. */
interface Countable {
  readonly middlewareStack: {
    add(middleware: (next: Next, context: { commandName?: string }) => Next, options: { step: 'initialize' }): void;
  };
}
type Next = (args: { input: object }) => Promise<{ output: object }>;
/** Told of each request before it leaves, says what is done with its answer; null where it failed. */
type Watch = (command: string, input: object) => (output: object | null, count: Count) => void;
interface Count {
  readonly part: Part;
  readonly tallies: Tallies;
}

/** Makes every client of this process tell what AWS would bill, from the first command that it sends. */
export function countClients(): void {
  watch(DynamoDBClient.prototype, (command, input) => {
    // Of writes the store's own answer is taken.
    Object.assign(input, { ReturnConsumedCapacity: 'TOTAL' });
    return (output, { part, tallies }) => {
      const { reads, writes } = dynamoCost(command, input, output);
      tallies.add(part === 'gateway' ? 'gatewayReadUnits' : 'functionReadUnits', reads);
      tallies.add(part === 'gateway' ? 'gatewayWriteUnits' : 'functionWriteUnits', writes);
    };
  });
  watch(
    SQSClient.prototype,
    (command, input) =>
      (_output, { tallies }) =>
        countQueue(command, input, tallies),
  );
  watch(S3Client.prototype, (command) => (_output, { tallies }) => {
    tallies.add(/^(Put|Copy|Post|List|Create|Complete|Upload)/.test(command) ? 'objectPuts' : 'objectReads');
  });
}

function countQueue(command: string, input: object, tallies: Tallies): void {
  const {
    QueueUrl = '',
    Entries,
    MessageBody = '',
  } = input as {
    QueueUrl?: string;
    Entries?: readonly { readonly MessageBody?: string }[];
    MessageBody?: string;
  };
  const bodies = Entries?.map((entry) => entry.MessageBody ?? '') ?? [MessageBody];
  const requests = queueRequests(bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0));
  const isSend = command.startsWith('SendMessage');
  if (isSend && QueueUrl.includes('-ticks-')) {
    tallies.add('tickMessages', bodies.length);
    tallies.add('tickSendRequests', requests);
  } else if (QueueUrl.endsWith('.fifo')) tallies.add('fifoRequests', requests);
  else if (isSend && QueueUrl.endsWith('-work')) tallies.add('workRequests', requests);
  else tallies.add('otherQueueRequests', requests);
}

function watch(prototype: object, told: Watch): void {
  const client = prototype as Countable & { send(...args: unknown[]): unknown };
  const { send } = client;
  const watched = new WeakSet<object>();
  client.send = function (this: Countable, ...args: unknown[]) {
    if (!watched.has(this)) {
      watched.add(this);
      this.middlewareStack.add(middleware, { step: 'initialize' });
    }
    return send.apply(this, args);
  };

  function middleware(next: Next, { commandName = '' }: { commandName?: string }): Next {
    return async (args) => {
      const count = presentCount();
      if (count === undefined) return await next(args);
      const answered = told(commandName.replace(/Command$/, ''), args.input);
      try {
        const result = await next(args);
        answered(result.output, count);
        return result;
      } catch (error) {
        answered(null, count);
        throw error;
      }
    };
  }
}
