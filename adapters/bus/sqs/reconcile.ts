import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  type LambdaClient,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  paginateListQueues,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { errorName, isRetryable, QUEUE_GONE, sqsError } from './errors.ts';
import type { Routing } from './routing.ts';

/** Six times the timeout of `evaluate`, as SQS asks of whoever maps a queue; a tick is kept for as short as SQS can. */
const TICK_QUEUE = {
  MessageRetentionPeriod: '60',
  VisibilityTimeout: '90',
  ReceiveMessageWaitTimeSeconds: '20',
  SqsManagedSseEnabled: 'true',
} as const;
const BATCH_SIZE = 10;
/** AWS takes about fifteen control calls a second of an account. */
const CALL_SPACING_MS = 80;
const MAX_ATTEMPTS = 5;
const DELETED_RECENTLY = 'QueueDeletedRecently';
const MAPPED_ALREADY = 'ResourceConflictException';
const MAPPING_BUSY = 'ResourceInUseException';
const MAPPING_GONE = 'ResourceNotFoundException';

export interface ReconcilerParts {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly routing: Routing;
  /** The function that judges ticks. */
  readonly functionName: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What one pass did, by queue name. */
export interface ReconcileReport {
  readonly createdQueues: string[];
  readonly mappedQueues: string[];
  readonly unmappedQueues: string[];
  readonly deletedQueues: string[];
  /** AWS asks for patience with these; the next pass goes on. */
  readonly waiting: string[];
}

interface Mappings {
  /** One of each queue. */
  readonly found: ReadonlyMap<string, EventSourceMappingConfiguration>;
  /** Second ones of a queue, which two passes at once may leave. */
  readonly surplus: readonly [string, EventSourceMappingConfiguration][];
}

export interface Reconciler {
  /** Makes the stage's tick queues and their mappings be those that these symbols need, draining symbols included. */
  reconcile(symbols: readonly string[]): Promise<ReconcileReport>;
}

/**
 * The one who makes and deletes tick queues. It looks at what is there and mends the difference, so the same list twice
 * changes nothing and a pass that was cut off heals with the next; what is not named as one of the stage's tick queues is
 * never touched.
 */
export function createReconciler(parts: ReconcilerParts): Reconciler {
  const { sqs, lambda, routing, functionName, tags, sleep } = parts;
  /** Queues whose attributes this process has seen right: they are not asked for again. */
  const verified = new Set<string>();

  async function call<T>(what: string, send: () => Promise<T>, expected: readonly string[] = []): Promise<T | string> {
    for (let attempt = 1; ; attempt++) {
      await sleep(CALL_SPACING_MS);
      try {
        return await send();
      } catch (error) {
        const name = errorName(error);
        if (expected.includes(name)) return name;
        if (!isRetryable(error) || attempt === MAX_ATTEMPTS) throw sqsError(what, error);
        await sleep(CALL_SPACING_MS * 2 ** attempt);
      }
    }
  }

  async function existingQueues(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const pages = paginateListQueues({ client: sqs, pageSize: 1000 }, { QueueNamePrefix: routing.tickPrefix });
    for await (const { QueueUrls } of pages) {
      for (const url of QueueUrls ?? []) {
        const name = url.slice(url.lastIndexOf('/') + 1);
        if (routing.isTickQueue(name)) found.set(name, url);
      }
    }
    return found;
  }

  async function existingMappings(): Promise<Mappings> {
    const found = new Map<string, EventSourceMappingConfiguration>();
    const surplus: [string, EventSourceMappingConfiguration][] = [];
    for await (const page of paginateListEventSourceMappings({ client: lambda }, { FunctionName: functionName })) {
      for (const mapping of page.EventSourceMappings ?? []) {
        const name = mapping.EventSourceArn?.split(':').at(-1) ?? '';
        if (!routing.isTickQueue(name) || mapping.State === 'Deleting') continue;
        if (found.has(name)) surplus.push([name, mapping]);
        else found.set(name, mapping);
      }
    }
    return { found, surplus };
  }

  /** @returns the queue's ARN, or null where its name is not free yet. */
  async function ensureQueue(name: string, url: string | undefined, report: ReconcileReport): Promise<string | null> {
    if (url === undefined) {
      const create = new CreateQueueCommand({ QueueName: name, Attributes: TICK_QUEUE, tags });
      const made = await call(`creating queue ${name}`, () => sqs.send(create), [DELETED_RECENTLY]);
      if (typeof made === 'string') return null;
      report.createdQueues.push(name);
      return ensureQueue(name, made.QueueUrl!, report);
    }
    const ask = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
    const got = await call(`reading queue ${name}`, () => sqs.send(ask), [QUEUE_GONE]);
    if (typeof got === 'string') return null;
    const Attributes: Readonly<Record<string, string>> = got.Attributes ?? {};
    if (Object.entries(TICK_QUEUE).some(([key, value]) => Attributes[key] !== undefined && Attributes[key] !== value)) {
      const set = new SetQueueAttributesCommand({ QueueUrl: url, Attributes: TICK_QUEUE });
      await call(`setting queue ${name}`, () => sqs.send(set));
    }
    verified.add(name);
    return Attributes.QueueArn!;
  }

  async function map(name: string, EventSourceArn: string, report: ReconcileReport): Promise<void> {
    const create = new CreateEventSourceMappingCommand({
      EventSourceArn,
      FunctionName: functionName,
      BatchSize: BATCH_SIZE,
      Tags: { ...tags },
    });
    const made = await call(`mapping queue ${name}`, () => lambda.send(create), [MAPPED_ALREADY]);
    if (typeof made !== 'string') report.mappedQueues.push(name);
  }

  async function unmap(
    name: string,
    { UUID }: EventSourceMappingConfiguration,
    report: ReconcileReport,
  ): Promise<void> {
    const gone = new DeleteEventSourceMappingCommand({ UUID });
    const answer = await call(`unmapping queue ${name}`, () => lambda.send(gone), [MAPPING_BUSY, MAPPING_GONE]);
    if (answer === MAPPING_BUSY) report.waiting.push(name);
    else report.unmappedQueues.push(name);
  }

  return {
    async reconcile(symbols) {
      const report: ReconcileReport = {
        createdQueues: [],
        mappedQueues: [],
        unmappedQueues: [],
        deletedQueues: [],
        waiting: [],
      };
      const wanted = routing.tickQueues(symbols);
      const queues = await existingQueues();
      const { found: mappings, surplus } = await existingMappings();
      for (const name of wanted) {
        const mapping = mappings.get(name);
        if (queues.has(name) && verified.has(name) && mapping !== undefined && isActive(mapping)) continue;
        const arn = await ensureQueue(name, queues.get(name), report);
        if (arn === null) report.waiting.push(name);
        else if (mapping === undefined) await map(name, arn, report);
        else if (!isActive(mapping)) {
          const enable = new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled: true });
          await call(`enabling ${name}`, () => lambda.send(enable), [MAPPING_BUSY]);
        }
      }
      const isWanted = new Set(wanted);
      // A mapping goes before its queue: one without a queue would go on asking.
      const unwanted = [...mappings].filter(([name]) => !isWanted.has(name));
      for (const [name, mapping] of [...surplus, ...unwanted]) await unmap(name, mapping, report);
      for (const [name, url] of queues) {
        if (isWanted.has(name) || report.waiting.includes(name)) continue;
        verified.delete(name);
        await call(`deleting queue ${name}`, () => sqs.send(new DeleteQueueCommand({ QueueUrl: url })), [QUEUE_GONE]);
        report.deletedQueues.push(name);
      }
      return report;
    },
  };
}

function isActive({ State }: EventSourceMappingConfiguration): boolean {
  return State !== 'Disabled' && State !== 'Disabling';
}
