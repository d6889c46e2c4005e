import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  type LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { ControlCalls } from './control-calls.ts';
import { errorName, QUEUE_GONE } from './errors.ts';
import type { Routing } from './routing.ts';

/** A tick is news for two seconds; this is the shortest that a queue keeps it. */
const RETENTION_SECONDS = '60';
/** Six times the function's own limit, as AWS advises; ticks are never retried. */
const VISIBILITY_SECONDS = '90';
const BATCH_SIZE = 10;

/** Marks what the reconciler made: nothing else is ever removed. */
export const MANAGED_TAG = 'twinleg:managed';

export interface FoundMapping {
  readonly id: string;
  readonly queue: string;
  readonly state: string;
}

/** Single control calls on queues and event source mappings of one function, each spaced. */
export function createQueueControl(
  { sqs, lambda, calls }: { readonly sqs: SQSClient; readonly lambda: LambdaClient; readonly calls: ControlCalls },
  {
    routing,
    stage,
    functionName,
  }: { readonly routing: Routing; readonly stage: string; readonly functionName: string },
) {
  const tags = { app: 'twinleg', stage, [MANAGED_TAG]: 'universe' };

  async function arnOf(QueueUrl: string): Promise<string> {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    return (await calls.call(() => sqs.send(command))).Attributes!.QueueArn!;
  }

  return {
    /** Addresses of this stage's tick queues, by name. */
    async queues(): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      let NextToken: string | undefined;
      do {
        const command = new ListQueuesCommand({ QueueNamePrefix: routing.tickPrefix, MaxResults: 1000, NextToken });
        const answer = await calls.call(() => sqs.send(command));
        for (const url of answer.QueueUrls ?? []) {
          const name = url.split('/').at(-1)!;
          if (routing.isTickQueue(name)) found.set(name, url);
        }
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
      return found;
    },

    /** The function's mappings of this stage's tick queues. */
    async mappings(): Promise<FoundMapping[]> {
      const found: FoundMapping[] = [];
      let Marker: string | undefined;
      do {
        const command = new ListEventSourceMappingsCommand({ FunctionName: functionName, MaxItems: 100, Marker });
        const answer = await calls.call(() => lambda.send(command));
        found.push(...(answer.EventSourceMappings ?? []).flatMap(foundMapping));
        Marker = answer.NextMarker || undefined;
      } while (Marker !== undefined);
      return found.filter(({ queue }) => routing.isTickQueue(queue));
    },

    async createQueue(name: string): Promise<string> {
      const command = new CreateQueueCommand({
        QueueName: name,
        Attributes: { MessageRetentionPeriod: RETENTION_SECONDS, VisibilityTimeout: VISIBILITY_SECONDS },
        tags,
      });
      return (await calls.call(() => sqs.send(command))).QueueUrl!;
    },

    async createMapping(url: string): Promise<void> {
      const EventSourceArn = await arnOf(url);
      const command = new CreateEventSourceMappingCommand({
        FunctionName: functionName,
        EventSourceArn,
        BatchSize: BATCH_SIZE,
        MaximumBatchingWindowInSeconds: 0,
        Tags: tags,
      });
      await calls.call(() => lambda.send(command));
    },

    async deleteMapping(id: string): Promise<void> {
      await ignoring('ResourceNotFoundException', () =>
        calls.call(() => lambda.send(new DeleteEventSourceMappingCommand({ UUID: id }))),
      );
    },

    /** Whether the reconciler made it. */
    async isManaged(url: string): Promise<boolean> {
      const answer = await calls.call(() => sqs.send(new ListQueueTagsCommand({ QueueUrl: url })));
      return answer.Tags?.[MANAGED_TAG] !== undefined && answer.Tags.stage === stage;
    },

    async deleteQueue(url: string): Promise<void> {
      await ignoring(QUEUE_GONE, () => calls.call(() => sqs.send(new DeleteQueueCommand({ QueueUrl: url }))));
    },
  };
}

function foundMapping({ UUID, EventSourceArn, State }: EventSourceMappingConfiguration): FoundMapping[] {
  if (UUID === undefined || EventSourceArn === undefined) return [];
  return [{ id: UUID, queue: EventSourceArn.split(':').at(-1)!, state: State ?? 'Enabled' }];
}

/** What is gone already needs no removal. */
async function ignoring(name: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (errorName(error) !== name) throw error;
  }
}
