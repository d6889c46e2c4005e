import { setTimeout as sleep } from 'node:timers/promises';
import type { TableAccess } from '#adapters/store/dynamodb/access.ts';
import type { TableOwner } from '#adapters/store/dynamodb/owner.ts';
import type { CloudStore, LeaseRecord } from '#core/ports/cloud-store.ts';
import type { Records } from '#core/ports/records.ts';
import { type Check, failed, failedBy, passed } from '../checks.ts';
import type { RunView } from '../run-view.ts';

/** A holder renews its lease more often than this, ms. */
const SIGN_OF_LIFE_MS = 4000;
const LOOK_MS = 500;

/** Who trades on the table now, and whether it shows life. */
export async function checkLeadership(
  { lease }: Pick<CloudStore, 'lease'>,
  records: Pick<Records, 'status'>,
  now: () => number,
): Promise<Check[]> {
  try {
    return [await checkLease(lease), checkStatus(await records.status<RunView>(now()), now())];
  } catch (error) {
    return [failedBy('lease', error)];
  }
}

async function checkLease(lease: CloudStore['lease']): Promise<Check> {
  const first = await lease.read();
  if (first === null) return passed('lease', 'nobody has traded on it yet');
  const held = `epoch ${first.epoch}, ${first.holder}`;
  if (first.released) return passed('lease', `${held}: given back, free for the next one`);
  const startedMs = performance.now();
  let last: LeaseRecord | null = first;
  while (performance.now() - startedMs < SIGN_OF_LIFE_MS) {
    await sleep(LOOK_MS);
    last = await lease.read();
    if (last === null || last.beat !== first.beat || last.epoch !== first.epoch) {
      const ageMs = Math.round(performance.now() - startedMs);
      return passed('lease', `held by ${held}; renewed within ${ageMs} ms`);
    }
  }
  return failed(
    'lease',
    `held by ${held}, which showed no life for ${SIGN_OF_LIFE_MS} ms`,
    'look whether the gateway or run has died; whoever starts next takes over',
  );
}

function checkStatus(published: Awaited<ReturnType<Records['status']>>, nowMs: number): Check {
  if (published === null) return passed('status', 'none was told yet');
  const { running, atMs, tradingState } = published.value as RunView;
  const ageSeconds = Math.round((nowMs - atMs) / 1000);
  if (!running) return passed('status', `stopped ${ageSeconds} s ago; ${tradingState}`);
  if (!published.expired) return passed('status', `running, ${tradingState}, told ${ageSeconds} s ago`);
  return failed(
    'status',
    `last told ${ageSeconds} s ago, and was running`,
    'look whether the gateway or run has died, and at its log',
  );
}

/** Whose data it is, where somebody has begun; one that is not what the configuration means is told. */
export function checkOwner(found: TableOwner | null, meant: TableOwner, { target }: TableAccess): Check {
  if (found === null) return passed('store', `${target.table} holds none yet`);
  const detail = `${target.table}: mode ${found.mode}, source ${found.source}`;
  if (found.mode === meant.mode && found.source === meant.source) return passed('store', detail);
  // Commands read whatever is there; only a run would be refused.
  return passed('store', `${detail}; this configuration would start ${meant.mode}, ${meant.source}`);
}
