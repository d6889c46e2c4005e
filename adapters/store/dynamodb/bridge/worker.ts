import { parentPort, workerData } from 'node:worker_threads';
import { LeaseKeeper } from '#adapters/store/lease-keeper.ts';
import { TwinlegError } from '#core/errors.ts';
import { createTableAccess } from '../access.ts';
import { createDynamoClient } from '../client.ts';
import { claimTable } from '../owner.ts';
import { createDynamoStore } from '../store.ts';
import type { BridgeAnswer, BridgeCall, BridgeFailure, BridgeNews, BridgeStart } from './messages.ts';
import { tableMethods } from './methods.ts';

/** How often the trading state is asked for, ms; a write asks for it anyway. */
const CONTROL_MS = 250;

const { target, owner, keepDays, entryExpiresMs, requestMs, holder, leaseMs, signal, port } = workerData as BridgeStart;
const client = createDynamoClient(target, requestMs);
const access = createTableAccess(client, target);
/** The loop waits meanwhile: what fails for so long is left to the next event. */
const patience = { budgetMs: 1000, attempts: 8 };
const store = createDynamoStore({ client, target, owner, keepDays, entryExpiresMs, patience });
const methods = tableMethods(access, owner, store);
const tell = (news: BridgeNews) => parentPort?.postMessage(news);
const failed = (error: unknown) => tell({ kind: 'failed', failure: failureOf(error) });

let isAway = false;
let isStopping = false;
const keeper = new LeaseKeeper({
  lease: store.lease,
  holder,
  timing: { leaseMs, renewMs: leaseMs / 4, pollMs: leaseMs / 8 },
  leads: (epoch) => tell({ kind: 'leads', epoch }),
  lost: (by) => tell({ kind: 'lost', holder: by?.holder ?? null }),
  failed: unheard,
});

port.on('message', (call: BridgeCall) => void answer(call));
parentPort?.on('message', (word: string) => {
  if (word === 'stop') void stop();
});

try {
  await claimTable(access, owner);
  tell({ kind: 'claimed' });
  keeper.start();
} catch (error) {
  failed(error);
}
let polling = setTimeout(poll, CONTROL_MS);

async function poll(): Promise<void> {
  const askedAtMs = Date.now();
  try {
    const control = await store.control();
    isAway = false;
    tell({ kind: 'control', control, askedAtMs });
  } catch (error) {
    unheard(error);
  }
  if (!isStopping) polling = setTimeout(poll, CONTROL_MS);
}

/** Told once in an outage: what is asked of the table meanwhile fails by itself. */
function unheard(error: unknown): void {
  if (!isAway) failed(error);
  isAway = true;
}

async function answer({ id, method, args, waits }: BridgeCall): Promise<void> {
  let result: BridgeAnswer;
  try {
    const called = methods[method] as (...args: unknown[]) => Promise<unknown>;
    result = { id, ok: true, value: JSON.stringify((await called(...JSON.parse(args))) ?? null) };
  } catch (error) {
    result = { id, ok: false, failure: failureOf(error) };
  }
  if (waits) {
    port.postMessage(result);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  } else if (!result.ok) tell({ kind: 'failed', failure: result.failure });
}

async function stop(): Promise<void> {
  isStopping = true;
  clearTimeout(polling);
  await keeper.stop();
  tell({ kind: 'stopped' });
  port.close();
  client.destroy();
}

function failureOf(error: unknown): BridgeFailure {
  if (error instanceof TwinlegError) {
    const { code, message, remedy, retryable } = error;
    return { code, message, remedy, retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'STORE_FAILED', message, remedy: 'report this with the log', retryable: false };
}
