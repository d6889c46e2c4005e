import { createTableAccess, type TableAccess } from '#adapters/store/dynamodb/access.ts';
import { createDynamoClient, type TableTarget } from '#adapters/store/dynamodb/client.ts';

/** Somebody waits for the answer; a cold connection may take a while. */
const REQUEST_MS = 5000;

/** What an answer of AWS told of its time. */
export interface AwsTime {
  /** Ahead of AWS by so much, ms; the header counts whole seconds. */
  readonly aheadMs: number;
  /** Half of the header's second and of the way there and back, ms. */
  readonly uncertainMs: number;
}

export interface WatchedTable {
  readonly access: TableAccess;
  /** From the last answer; null where none had a time. */
  time(): AwsTime | null;
}

/** A table whose answers also tell what AWS's clock says. */
export function openWatchedTable(target: TableTarget, now: () => number): WatchedTable {
  const client = createDynamoClient(target, REQUEST_MS);
  let time: AwsTime | null = null;
  function seen(response: unknown, askedAtMs: number): void {
    const { headers } = (response ?? {}) as { headers?: Record<string, string> };
    const saidMs = Date.parse(headers?.date ?? '');
    if (Number.isNaN(saidMs)) return;
    const answeredAtMs = now();
    const halfWayMs = (answeredAtMs - askedAtMs) / 2;
    time = { aheadMs: Math.round(answeredAtMs - halfWayMs - (saidMs + 500)), uncertainMs: 500 + halfWayMs };
  }
  client.middlewareStack.add(
    (next) => async (args) => {
      const askedAtMs = now();
      try {
        const result = await next(args);
        seen(result.response, askedAtMs);
        return result;
      } catch (error) {
        seen((error as { $response?: unknown }).$response, askedAtMs);
        throw error;
      }
    },
    // Outside of what reads the answer, so that refusals come by as well.
    { step: 'deserialize', name: 'awsTime', priority: 'high' },
  );
  return { access: createTableAccess(client, target), time: () => time };
}
