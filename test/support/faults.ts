import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

/** What becomes of one request: nothing of it arrives, or it is done and its answer is lost. */
export interface Fault {
  readonly when: 'before' | 'after';
  readonly error: Error;
  /** How long it takes until it fails, ms. */
  readonly afterMs?: number;
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
      if (fault?.afterMs !== undefined) await sleep(fault.afterMs);
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

/**
 * Cancels a transaction on an item that another one of this client works on, as AWS does, and no emulator. @returns how many
 * were sent and cancelled
 */
export function injectConflicts(client: DynamoDBClient): { readonly sent: number; readonly conflicts: number } {
  const counted = { sent: 0, conflicts: 0 };
  const held = new Set<string>();
  client.config.cacheMiddleware = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if ((context as { commandName?: string }).commandName !== 'TransactWriteItemsCommand') return await next(args);
      counted.sent++;
      const { TransactItems = [] } = args.input as TransactWriteItemsCommandInput;
      const items = TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => {
        const { pk, sk } = Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key ?? {};
        return `${pk?.S}|${sk?.S}`;
      });
      const reasons = items.map((item) => (held.has(item) ? 'TransactionConflict' : 'None'));
      if (reasons.includes('TransactionConflict')) {
        counted.conflicts++;
        throw cancelled(...reasons);
      }
      for (const item of items) held.add(item);
      try {
        return await next(args);
      } finally {
        for (const item of items) held.delete(item);
      }
    },
    { step: 'initialize', name: 'conflicts', priority: 'high' },
  );
  return counted;
}
