import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeEventsCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { TwinlegError } from '#core/errors.ts';

/** What CloudFormation says of a stage: its last word is proof, a tool's last line is not. */
export interface StackReport {
  readonly name: string;
  /** `ABSENT`, or CloudFormation's own word. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Stack {
  report(): Promise<StackReport>;
  /** Every resource with its status. */
  resources(): Promise<readonly StackResourceSummary[]>;
  /** Reasons that CloudFormation gave for what failed, the first cause last. */
  failures(): Promise<readonly string[]>;
  /** Deletes what a failed creation left; waits until it is gone. */
  deleteRemains(timeoutMs: number): Promise<void>;
}

const POLL_MS = 2000;

export function openStack(name: string, region: string): Stack {
  const client = new CloudFormationClient({ region });
  async function report(): Promise<StackReport> {
    try {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
      const stack = Stacks?.[0];
      const outputs = Object.fromEntries(
        (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
      );
      return { name, status: stack?.StackStatus ?? 'ABSENT', outputs };
    } catch (error) {
      if (/does not exist/.test((error as Error).message)) return { name, status: 'ABSENT', outputs: {} };
      throw awsError(error, region);
    }
  }
  return {
    report,
    async resources() {
      const all: StackResourceSummary[] = [];
      for await (const page of paginateListStackResources({ client }, { StackName: name })) {
        all.push(...(page.StackResourceSummaries ?? []));
      }
      return all;
    },
    async failures() {
      const { OperationEvents } = await client.send(
        new DescribeEventsCommand({ StackName: name, Filters: { FailedEvents: true } }),
      );
      return (OperationEvents ?? []).map(({ LogicalResourceId, ...event }) => {
        const reason = event.ValidationStatusReason ?? event.ResourceStatusReason ?? 'no reason given';
        return `${LogicalResourceId ?? name}: ${reason}`;
      });
    },
    async deleteRemains(timeoutMs) {
      await client.send(new DeleteStackCommand({ StackName: name }));
      const endMs = Date.now() + timeoutMs;
      while (Date.now() < endMs) {
        const { status } = await report();
        if (isGone({ status })) return;
        if (status === 'DELETE_FAILED') break;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      throw new TwinlegError(
        'STACK_STUCK',
        `the stack ${name} cannot be deleted`,
        `look at its events in CloudFormation, region ${region}`,
      );
    },
  };
}

/** Never there, or deleted. */
export function isGone({ status }: Pick<StackReport, 'status'>): boolean {
  return status === 'ABSENT' || status === 'DELETE_COMPLETE';
}

/** Whether a stack was not touched by its removal: then it needs what lies beside it; in one that is gone nobody makes it again. */
export function isWhole({ status }: Pick<StackReport, 'status'>): boolean {
  return !isGone({ status }) && !status.startsWith('DELETE_');
}

/** Whether a status lets a deployment begin; @throws TwinlegError where somebody else is at work or a hand is needed. */
export function mayDeploy({ name, status }: StackReport): 'create' | 'update' | 'delete-remains-first' {
  if (isGone({ status }) || status === 'REVIEW_IN_PROGRESS') return 'create';
  if (status.endsWith('_IN_PROGRESS')) throw busy({ name, status });
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED' || status === 'CREATE_FAILED')
    return 'delete-remains-first';
  if (status === 'UPDATE_ROLLBACK_FAILED' || status === 'DELETE_FAILED') {
    throw new TwinlegError(
      'STACK_HALF',
      `the stack ${name} exists half (${status})`,
      'continue its rollback or delete it in CloudFormation, then run this again',
    );
  }
  return 'update';
}

export function busy({ name, status }: Pick<StackReport, 'name' | 'status'>): TwinlegError {
  const message = `another deployment or removal is at work on ${name} (${status})`;
  return new TwinlegError('DEPLOY_RUNNING', message, 'wait until it has ended, then run this again');
}

/** @throws TwinlegError where the stack did not become what was asked for, with the reasons. */
export async function assertDeployed(stack: Stack, startedAtStatus: string): Promise<StackReport> {
  const after = await stack.report();
  if (after.status.endsWith('_IN_PROGRESS')) throw busy(after);
  const good = ['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(after.status);
  const broken = good
    ? (await stack.resources()).filter(
        ({ ResourceStatus }) => !ResourceStatus?.endsWith('_COMPLETE') || ResourceStatus.startsWith('DELETE'),
      )
    : [];
  if (good && broken.length === 0) return after;
  const reasons = after.status === 'ABSENT' ? ['the stack is not there'] : await stack.failures();
  const odd = broken.map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId}: ${ResourceStatus}`);
  throw new TwinlegError(
    'DEPLOY_FAILED',
    [`the stack ${after.name} is ${after.status} (before: ${startedAtStatus})`, ...odd, ...reasons.slice(0, 5)].join(
      '\n  ',
    ),
    'mend the first cause and deploy again; what was running before goes on',
  );
}

/** Turns what the SDK throws into what a person can act on. */
export function awsError(error: unknown, region: string): Error {
  const { name, message } = error as Error;
  if (name === 'CredentialsProviderError' || /credential/i.test(message)) {
    return new TwinlegError(
      'AWS_CREDENTIALS',
      'no AWS credentials were found',
      'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      { cause: error },
    );
  }
  if (
    [
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'ExpiredToken',
      'AccessDenied',
      'AccessDeniedException',
    ].includes(name)
  ) {
    return new TwinlegError(
      'AWS_DENIED',
      `AWS refuses these credentials: ${message}`,
      'log in again, or use those of an account that may deploy',
      { cause: error },
    );
  }
  if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN/.test(message)) {
    return new TwinlegError(
      'AWS_UNREACHABLE',
      `AWS does not answer in ${region}`,
      'look at the network, the region and AWS_ENDPOINT_URL',
      { cause: error },
    );
  }
  return error as Error;
}
