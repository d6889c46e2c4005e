import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

/** What becomes of one request: nothing of it arrives, or it is done and its answer is lost. */
export interface Fault {
  readonly when: 'before' | 'after';
  readonly error: Error;
}

/** Lets requests of one kind fail as planned, in their order; those that the plan says nothing of go through. */
export function injectFaults(
  client: DynamoDBClient,
  command: string,
  plan: (attempt: number) => Fault | null,
): { readonly attempts: number } {
  const counted = { attempts: 0 };
  // What is added comes into force although requests of the kind were sent before.
  client.config.cacheMiddleware = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if ((context as { commandName?: string }).commandName !== command) return await next(args);
      const fault = plan(counted.attempts++);
      if (fault?.when === 'before') throw fault.error;
      const result = await next(args);
      if (fault?.when === 'after') throw fault.error;
      return result;
    },
    { step: 'initialize', name: `faults of ${command}`, priority: 'high' },
  );
  return counted;
}

/** A transaction that was cancelled as a whole for these reasons. */
export function cancelled(...codes: readonly string[]): Error {
  return new TransactionCanceledException({
    $metadata: {},
    message: `Transaction cancelled [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

/** An error as the service or the network names it. */
export function named(name: string, fault?: 'client' | 'server'): Error {
  return Object.assign(new Error(`injected ${name}`), { name }, fault === undefined ? {} : { $fault: fault });
}
