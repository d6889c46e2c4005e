import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { SQSEvent } from 'aws-lambda';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import { createFunctionParts, type FunctionParts } from '#adapters/wiring/lambda.ts';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';
import { openUpkeep, type Upkeep } from '#adapters/wiring/upkeep.ts';
import { evaluate } from '../../../functions/evaluate.ts';
import { execute } from '../../../functions/execute.ts';
import type { Emulator } from '../emulators/emulators.ts';
import type { Template } from '../template.ts';
import { startShim } from './shim.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

type Parts = FunctionParts & { readonly upkeep: Upkeep };

/** What the functions of a deployment do, by the name that the stack gives them. */
const HANDLERS: Readonly<Record<string, (event: SQSEvent, parts: Parts) => Promise<unknown>>> = {
  evaluate,
  execute,
  housekeep: (_event, parts) => housekeep(parts),
  universe: (_event, parts) => refreshUniverse(parts),
};

export interface ScriptResult {
  readonly status: number | null;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: each script's own document
  readonly value: any;
}

/** `npm run deploy` or `remove`, in a process of its own. */
export async function runScript(
  name: 'deploy' | 'remove',
  args: readonly string[],
  cwd = tmpdir(),
): Promise<ScriptResult> {
  const child = spawn(process.execPath, [`${ROOT}infra/deploy/${name}.ts`, '--json', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, 'close');
  return { status, stderr, value: stdout === '' ? null : JSON.parse(stdout) };
}

/** Images that nobody pulls. */
export const IMAGES = ['functions', 'gateway'].flatMap((name) => [
  `--${name}-image`,
  `000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/twinleg-${name}@sha256:${'1'.repeat(64)}`,
]);

export interface Deployment {
  /** What functions logged. */
  readonly logged: { readonly event: string; readonly fields: Record<string, unknown> }[];
  /** Invocations so far, by function. */
  readonly invocations: Readonly<Record<string, number>>;
  /** Gives the functions of the stack, as they are now, their code; after each deployment. */
  connect(): Promise<void>;
  invoke(name: string): Promise<unknown>;
  /** What the stack tells the gateway's container. */
  gatewayVariables(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** The stack of a stage on an emulator that runs no images: its functions' handlers run here, by the deployed variables. */
export async function openDeployment(emulator: Emulator, stage: string): Promise<Deployment> {
  const prefix = `twinleg-${stage}`;
  const region = emulator.env.AWS_REGION!;
  const lambda = new LambdaClient({ region, endpoint: emulator.url });
  const formation = new CloudFormationClient({ region, endpoint: emulator.url });
  const logged: Deployment['logged'] = [];
  const log = (_level: string, event: string, fields: object) => void logged.push({ event, fields: { ...fields } });
  const parts = new Map<string, Parts>();
  const shim = await startShim(
    Object.fromEntries(
      Object.entries(HANDLERS).map(([name, run]) => [name, (event: SQSEvent) => run(event, parts.get(name)!)]),
    ),
  );
  const nameOf = (name: string) => `${prefix}-${name}`;
  return {
    logged,
    invocations: shim.invocations,
    async connect() {
      for (const name of Object.keys(HANDLERS)) {
        const FunctionName = nameOf(name);
        const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
        const Variables = { ...Environment?.Variables };
        parts.get(name)?.sqs.destroy();
        const env = { ...emulator.env, ...Variables };
        const made = createFunctionParts(env, log);
        parts.set(name, { ...made, upkeep: openUpkeep(made.config, made.store, env) });
        Variables.MINISTACK_LAMBDA_PROXY_URL = `${shim.url}/${name}`;
        await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
      }
    },
    async invoke(name) {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: nameOf(name), Payload: '{}' }),
      );
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError !== undefined) throw new Error(`${name}: ${text}`);
      return JSON.parse(text);
    },
    async gatewayVariables() {
      const { TemplateBody } = await formation.send(new GetTemplateCommand({ StackName: prefix }));
      const { Resources } = JSON.parse(TemplateBody!) as Template;
      const [container] = Resources.GatewayTask!.Properties.ContainerDefinitions as {
        Environment: { Name: string; Value: string }[];
      }[];
      return Object.fromEntries(container!.Environment.map(({ Name, Value }) => [Name, Value]));
    },
    async close() {
      await shim.close();
      for (const { sqs } of parts.values()) sqs.destroy();
      lambda.destroy();
      formation.destroy();
    },
  };
}

/** Names of all that lives under a stage's name: what a removal must not leave. */
export async function everythingOf(stage: string): Promise<string[]> {
  const prefix = `twinleg-${stage}`;
  const [formation, lambda, sqs, dynamo] = [
    new CloudFormationClient(),
    new LambdaClient(),
    new SQSClient(),
    new DynamoDBClient(),
  ];
  const s3 = new S3Client({ forcePathStyle: true });
  const ssm = new SSMClient();
  const [stacks, functions, mappings, queues, tables, buckets, parameters] = await Promise.all([
    formation.send(new DescribeStacksCommand()),
    lambda.send(new ListFunctionsCommand()),
    lambda.send(new ListEventSourceMappingsCommand()),
    sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix })),
    dynamo.send(new ListTablesCommand()),
    s3.send(new ListBucketsCommand()),
    ssm.send(new DescribeParametersCommand()),
  ]);
  for (const client of [formation, lambda, sqs, dynamo, s3, ssm]) client.destroy();
  const names = [
    ...(stacks.Stacks ?? [])
      .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
      .map(({ StackName }) => StackName),
    ...(functions.Functions ?? []).map(({ FunctionName }) => FunctionName),
    ...(mappings.EventSourceMappings ?? []).map(({ EventSourceArn }) => EventSourceArn?.split(':').at(-1)),
    ...(queues.QueueUrls ?? []).map((url) => url.split('/').at(-1)),
    ...(tables.TableNames ?? []),
    ...(buckets.Buckets ?? []).map(({ Name }) => Name),
    ...(parameters.Parameters ?? []).map(({ Name }) => Name?.slice(1).replace('/', '-')),
  ];
  return names.filter((name) => name !== undefined).filter((name) => name === prefix || name.startsWith(`${prefix}-`));
}
