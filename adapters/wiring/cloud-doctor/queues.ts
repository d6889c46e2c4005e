import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ControlCalls } from '#adapters/bus/sqs/control-calls.ts';
import { errorName, QUEUE_GONE, sqsError } from '#adapters/bus/sqs/errors.ts';
import { createQueueControl } from '#adapters/bus/sqs/queue-control.ts';
import type { QueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import type { Routing } from '#adapters/bus/sqs/routing.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import { watchedSymbols } from '#core/universe/list.ts';
import { type Check, failed, failedBy, passed } from '../checks.ts';

export interface QueueParts {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly urls: QueueUrls;
  readonly routing: Routing;
  readonly stage: string;
  readonly functionName: string;
}

const DEPLOY = 'deploy the stage again';
const REFRESH = 'the universe function mends it at its next run; where it stays so, see its log';

/** The queues that a deployment always has, and how many dead letters lie in them. */
export async function checkQueues({ sqs, urls, routing }: QueueParts): Promise<Check[]> {
  const missing: string[] = [];
  const lying: string[] = [];
  const names = [routing.work, routing.workFailed, routing.deadLetters];
  try {
    for (const name of names) {
      const count = await depth(sqs, urls, name);
      if (count === null) missing.push(name);
      else if (count > 0 && name !== routing.work) lying.push(`${count} in ${name}`);
    }
  } catch (error) {
    return [failedBy('queues', sqsError('queues of the stage', error))];
  }
  return [
    missing.length === 0
      ? passed('queues', names.join(', '))
      : { ...failed('queues', `there is no ${missing.join(', no ')}`, DEPLOY), code: 'QUEUE_MISSING' },
    lying.length === 0
      ? passed('dead letters', 'none')
      : failed('dead letters', lying.join(', '), 'npx twinleg dlq list tells them with their reasons'),
  ];
}

/** Every symbol of the list has its queue, every queue one mapping that is on. */
export async function checkMappings(parts: QueueParts, deployment: Deployment | null): Promise<Check[]> {
  const { sqs, lambda, routing, stage, functionName } = parts;
  try {
    await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  } catch (error) {
    if (errorName(error) !== 'ResourceNotFoundException')
      return [failedBy('mappings', sqsError(`function ${functionName}`, error))];
    return [{ ...failed('mappings', `there is no function ${functionName}`, DEPLOY), code: 'FUNCTION_MISSING' }];
  }
  if (deployment === null)
    return [passed('universe', 'none yet: the universe function makes the first list within minutes')];
  const control = createQueueControl({ sqs, lambda, calls: new ControlCalls() }, { routing, stage, functionName });
  const wanted = routing.tickQueues(watchedSymbols(deployment.list));
  try {
    const [queues, mappings] = [await control.queues(), await control.mappings()];
    const on = mappings.filter(({ state }) => state === 'Enabled').map(({ queue }) => queue);
    const queueless = wanted.filter((name) => !queues.has(name));
    const unmapped = wanted.filter((name) => queues.has(name) && !on.includes(name));
    const doubled = [...new Set(on.filter((name, i) => on.indexOf(name) !== i))];
    const left = [...queues.keys()].filter((name) => !wanted.includes(name));
    const wrong = [
      ...queueless.map((name) => `${name} is missing`),
      ...unmapped.map((name) => `${name} has no mapping that is on`),
      ...doubled.map((name) => `${name} has several mappings`),
    ];
    const { symbols, draining } = deployment.list;
    const listed = `${symbols.length} symbols${draining.length > 0 ? `, ${draining.length} draining` : ''}`;
    return [
      passed('universe', `${listed}, made at ${new Date(deployment.atMs).toISOString()}`),
      wrong.length === 0
        ? passed('mappings', `${wanted.length} queues of ticks, each mapped to ${functionName}${others(left)}`)
        : {
            ...failed('mappings', `${wrong.length} wrong: ${wrong.slice(0, 5).join('; ')}`, REFRESH),
            ...(queueless.length > 0 ? { code: 'QUEUE_MISSING' } : {}),
          },
    ];
  } catch (error) {
    return [failedBy('mappings', sqsError('queues and mappings', error))];
  }
}

function others(left: readonly string[]): string {
  return left.length === 0 ? '' : `; ${left.length} of dropped symbols are still there`;
}

/** Messages in a queue, about; null where there is none of that name. */
async function depth(sqs: SQSClient, urls: QueueUrls, name: string): Promise<number | null> {
  try {
    const QueueUrl = await urls.of(name);
    const command = new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    const { Attributes = {} } = await sqs.send(command);
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  } catch (error) {
    if (errorName(error) === QUEUE_GONE) return null;
    throw error;
  }
}
