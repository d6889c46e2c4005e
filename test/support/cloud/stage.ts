import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { createDynamoClient, tableOf } from '#adapters/store/dynamodb/client.ts';
import { claimTable } from '#adapters/store/dynamodb/owner.ts';
import { createTable } from '#adapters/store/dynamodb/table.ts';
import { createFunctionParts, type FunctionParts } from '#adapters/wiring/lambda.ts';
import { evaluate } from '../../../functions/evaluate.ts';
import { execute } from '../../../functions/execute.ts';
import type { Emulator } from '../emulators/emulators.ts';
import { type Shim, startShim } from './shim.ts';

export interface Stage {
  readonly name: string;
  /** What `evaluate` and `execute` work with: an environment each. */
  readonly parts: FunctionParts;
  readonly env: Readonly<Record<string, string>>;
  /** What functions logged. */
  readonly logged: { readonly event: string; readonly fields: Record<string, unknown> }[];
  readonly shim: Shim;
  /** Lets `execute` find no store, as if it were away. */
  outage(isAway: boolean): void;
  close(): Promise<void>;
}

/** Runs an invocation of a function; the name is the function's. */
export type Around = <T>(who: 'evaluate' | 'execute', work: () => Promise<T>, event: SQSEvent) => Promise<T>;

let stages = 0;

interface StageOptions {
  readonly around?: Around;
  /** Where functions find the table, if not at the emulator itself. */
  readonly tableUrl?: string;
  /** False: the delayed messages of pairs stay on their queue. */
  readonly executes?: boolean;
}

/** A whole stage on an emulator: table, queues, and the product's own handlers behind event source mappings. */
export async function openStage(
  emulator: Emulator,
  settings: Readonly<Record<string, unknown>>,
  { around = (_who, work) => work(), tableUrl = emulator.url, executes = true }: StageOptions = {},
): Promise<Stage> {
  const name = `s${process.pid}-${stages++}`;
  const own = { AWS_ENDPOINT_URL: tableUrl, TWINLEG__WIRING: 'cloud', TWINLEG__CLOUD__STAGE: name };
  const env: Record<string, string> = { ...emulator.env, ...own };
  for (const [path, value] of Object.entries(settings)) env[variableOf(path)] = JSON.stringify(value);
  Object.assign(process.env, emulator.env);
  const logged: Stage['logged'] = [];
  const log = (_level: string, event: string, fields: object) => void logged.push({ event, fields: { ...fields } });
  const parts = createFunctionParts(env, log);
  const executing = createFunctionParts(env, log);
  const nowhere = createFunctionParts({ ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, log);
  let isAway = false;
  const target = { table: tableOf(name), region: emulator.env.AWS_REGION!, endpoint: emulator.url };
  const client = createDynamoClient(target, 10_000);
  await createTable(client, target.table);
  await claimTable(createTableAccess(client, target), { mode: parts.config.mode, source: parts.config.venues.source });
  const routing = createRouting(parts.config.cloud);
  const failed = await createQueue(parts.sqs, routing.workFailed, {});
  await createQueue(parts.sqs, routing.deadLetters, {});
  await createQueue(parts.sqs, routing.tickLog, {});
  await createQueue(parts.sqs, routing.orders, {});
  await createQueue(parts.sqs, routing.alerts, { FifoQueue: 'true' });
  const redrive = JSON.stringify({ deadLetterTargetArn: failed, maxReceiveCount: 3 });
  const work = await createQueue(parts.sqs, routing.work, { VisibilityTimeout: '2', RedrivePolicy: redrive });
  const shim = await startShim({
    evaluate: (event) => around('evaluate', () => evaluate(event, parts), event),
    execute: (event) => around('execute', () => execute(event, isAway ? nowhere : executing), event),
  });
  const lambda = new LambdaClient({ region: emulator.env.AWS_REGION!, endpoint: emulator.url });
  for (const each of ['evaluate', 'execute'] as const) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: `twinleg-${name}-${each}`,
        Role: 'arn:aws:iam::000000000000:role/twinleg',
        PackageType: 'Image',
        Code: { ImageUri: 'functions:test' },
        Timeout: 15,
        Environment: { Variables: { MINISTACK_LAMBDA_PROXY_URL: `${shim.url}/${each}` } },
      }),
    );
  }
  if (executes) {
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: `twinleg-${name}-execute`,
        EventSourceArn: work,
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
  }
  return {
    name,
    parts,
    env,
    logged,
    shim,
    outage(away) {
      isAway = away;
    },
    async close() {
      await shim.close();
      lambda.destroy();
      client.destroy();
      parts.sqs.destroy();
      executing.sqs.destroy();
      nowhere.sqs.destroy();
    },
  };
}

async function createQueue(sqs: SQSClient, name: string, attributes: Record<string, string>): Promise<string> {
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: QueueUrl!, AttributeNames: ['QueueArn'] }));
  return answer.Attributes!.QueueArn!;
}

/** `strategy.maxHoldSeconds` as the environment names it. */
function variableOf(path: string): string {
  return `TWINLEG__${path
    .replaceAll('.', '__')
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}
