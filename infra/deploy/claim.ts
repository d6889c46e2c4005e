import { hostname } from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { TwinlegError } from '#core/errors.ts';
import { awsError } from './stack.ts';
import { say } from './tell.ts';

/** Who is at work on a stage; kept in the Parameter Store, as the stack is not there before a first deployment. */
export interface Claim {
  readonly what: string;
  readonly host: string;
  readonly pid: number;
  readonly sinceMs: number;
}

/** None takes longer; one of another host that is older was left by somebody who was killed. */
const LONGEST_MS = 3_600_000;
const TRIES = 5;
const PAUSE_MS = 200;

/**
 * Does what changes a stage, while nobody else does. CloudFormation guards its stack alone: what is made beside it (queues,
 * mappings, images) would fall to a removal while another deployment has begun to need it.
 *
 * @throws TwinlegError `DEPLOY_RUNNING` where somebody else is at work: then nothing was changed
 */
export async function whileClaimed<T>(stage: string, region: string, what: string, work: () => Promise<T>): Promise<T> {
  const client = new SSMClient({ region });
  const own: Claim = { what, host: hostname(), pid: process.pid, sinceMs: Date.now() };
  try {
    await claim(client, claimParameter(stage), own).catch((error) => {
      throw error instanceof TwinlegError ? error : awsError(error, region);
    });
    try {
      return await work();
    } finally {
      // What was done is done, though its claim stays until it is abandoned.
      await release(client, claimParameter(stage)).catch((error: Error) => {
        say(
          `${claimParameter(stage)} could not be given back (${error.message}); it holds others up for an hour at most`,
        );
      });
    }
  } finally {
    client.destroy();
  }
}

export function claimParameter(stage: string): string {
  return `/twinleg/${stage}/at-work`;
}

/** Whether a claim was left by somebody who is no longer at work. */
export function isAbandoned(claim: Claim, host: string, nowMs: number, isAlive: (pid: number) => boolean): boolean {
  return nowMs - claim.sinceMs > LONGEST_MS || (claim.host === host && !isAlive(claim.pid));
}

async function claim(client: SSMClient, Name: string, own: Claim): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await sleep(PAUSE_MS);
    try {
      await client.send(new PutParameterCommand({ Name, Value: JSON.stringify(own), Type: 'String' }));
      return;
    } catch (error) {
      if (!(error instanceof ParameterAlreadyExists)) throw error;
    }
    const other = await read(client, Name);
    if (other === null) continue;
    if (!isAbandoned(other, own.host, own.sinceMs, isAlive)) throw taken(other, Name);
    await release(client, Name);
  }
  throw new TwinlegError('DEPLOY_RUNNING', `others claim ${Name} again and again`, 'wait, then run this again');
}

async function read(client: SSMClient, Name: string): Promise<Claim | null> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name }));
    return JSON.parse(Parameter?.Value ?? 'null') as Claim | null;
  } catch (error) {
    if (error instanceof ParameterNotFound) return null;
    throw error;
  }
}

async function release(client: SSMClient, Name: string): Promise<void> {
  try {
    await client.send(new DeleteParameterCommand({ Name }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
}

function taken({ what, host, pid, sinceMs }: Claim, Name: string): TwinlegError {
  return new TwinlegError(
    'DEPLOY_RUNNING',
    `${what} is at work on this stage: process ${pid} on ${host}, since ${new Date(sinceMs).toISOString()}; nothing was changed`,
    `wait until it has ended, then run this again; if it was killed: aws ssm delete-parameter --name ${Name}`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
