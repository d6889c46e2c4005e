import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { errorName, QUEUE_GONE, sqsError } from './errors.ts';
import type { QueueUrls } from './queue-urls.ts';
import type { Routing } from './routing.ts';
import { decodeWork } from './work.ts';

/** What could not be used, with the reason. */
export interface DeadLetter {
  /** Where it came from. */
  readonly queue: string;
  readonly reason: string;
  readonly detail: string;
  readonly atMs: number;
  readonly body: string;
}

/** One that lies in a dead-letter queue now. */
export interface StoredLetter extends DeadLetter {
  readonly id: string;
  /** For whoever replays or removes it, for as long as it is held. */
  readonly handle: string;
  /** The dead-letter queue that it lies in. */
  readonly liesIn: string;
}

/** Longer bodies are cut: a message takes 256 KB. */
const MAX_BODY_CHARACTERS = 120_000;
/** For so long nobody else sees what is listed, seconds. */
const HELD_SECONDS = 30;

const letterShape = z.strictObject({
  v: z.literal(1),
  kind: z.literal('dead'),
  queue: z.string(),
  reason: z.string(),
  detail: z.string(),
  atMs: z.number(),
  body: z.string(),
});

export interface DeadLetters {
  put(letter: DeadLetter): Promise<void>;
  /** All that lie there, held for half a minute or until `release`. @throws TwinlegError */
  list(): Promise<StoredLetter[]>;
  /** Sends work to its queue again and removes it here; false for anything else, which stays. */
  replay(letter: StoredLetter): Promise<boolean>;
  release(letter: StoredLetter): Promise<void>;
}

/** The shared queue of what functions refused, and the one of work that was tried too often. */
export function createDeadLetters(sqs: SQSClient, urls: QueueUrls, routing: Routing): DeadLetters {
  async function receive(queue: string): Promise<StoredLetter[]> {
    const letters = new Map<string, StoredLetter>();
    for (;;) {
      const answer = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: await urls.of(queue),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: HELD_SECONDS,
          WaitTimeSeconds: 1,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      const messages = answer.Messages ?? [];
      if (messages.length === 0) return [...letters.values()];
      for (const message of messages) letters.set(message.MessageId!, readLetter(message, queue, routing));
    }
  }

  return {
    async put({ body, ...letter }) {
      const MessageBody = JSON.stringify({ v: 1, kind: 'dead', ...letter, body: body.slice(0, MAX_BODY_CHARACTERS) });
      await sqs.send(new SendMessageCommand({ QueueUrl: await urls.of(routing.deadLetters), MessageBody }));
    },
    async list() {
      const lists = [routing.deadLetters, routing.workFailed, routing.alertsFailed].map((queue) =>
        receive(queue).catch((error: unknown) => {
          // A stage that never had any of it has no queue for it either.
          if (queue !== routing.deadLetters && errorName(error) === QUEUE_GONE) return [];
          throw sqsError(`read ${queue}`, error);
        }),
      );
      return (await Promise.all(lists)).flat().sort((a, b) => a.atMs - b.atMs);
    },
    async replay({ body, liesIn, handle }) {
      // A tick is news for two seconds: one that is replayed could only open what nobody would open now. An alert is in
      // the history and is told from there.
      if (!decodeWork(body).ok) return false;
      try {
        await sqs.send(new SendMessageCommand({ QueueUrl: await urls.of(routing.work), MessageBody: body }));
        await sqs.send(new DeleteMessageCommand({ QueueUrl: await urls.of(liesIn), ReceiptHandle: handle }));
      } catch (error) {
        throw sqsError(`replay to ${routing.work}`, error);
      }
      return true;
    },
    async release({ liesIn, handle }) {
      const QueueUrl = await urls.of(liesIn);
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handle, VisibilityTimeout: 0 }));
    },
  };
}

/** A letter with its reason, or a bare message that SQS itself moved here after too many tries. */
function readLetter(message: Message, liesIn: string, routing: Routing): StoredLetter {
  const text = message.Body ?? '';
  const base = { id: message.MessageId!, handle: message.ReceiptHandle!, liesIn };
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not one of ours: shown as it is.
  }
  const letter = letterShape.safeParse(parsed);
  if (letter.success) {
    const { queue, reason, detail, atMs, body } = letter.data;
    return { ...base, queue, reason, detail, atMs, body };
  }
  const atMs = Number(message.Attributes?.SentTimestamp ?? 0);
  const queue = liesIn === routing.alertsFailed ? routing.alerts : routing.work;
  return { ...base, queue, reason: 'retries_exhausted', detail: '', atMs, body: text };
}
