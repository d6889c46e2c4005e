import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type ControlState, INITIAL_CONTROL } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { TableTarget } from '../client.ts';
import type { TableOwner } from '../owner.ts';
import type { BridgeAnswer, BridgeCall, BridgeFailure, BridgeNews, BridgeStart } from './messages.ts';
import type { TableMethods } from './methods.ts';
import { Outage, STORE_AWAY } from './outage.ts';

export interface BridgeOptions {
  readonly target: TableTarget;
  readonly owner: TableOwner;
  readonly keepDays: number;
  readonly entryExpiresMs: number;
  /** A holder that showed no life for so long is replaced, ms. */
  readonly leaseMs?: number;
  /** Longest that one call may hold the caller up, ms. */
  readonly callMs?: number;
  readonly requestMs?: number;
  /** Something failed that nobody waited for. */
  readonly failed: (error: TwinlegError) => void;
  /** Another run has taken the table over: this one must stop. */
  readonly lost: (error: TwinlegError) => void;
}

type Answer<Method extends keyof TableMethods> = Awaited<ReturnType<TableMethods[Method]>>;

/** A table that answers at once: a thread of its own talks to it while the caller waits. */
export interface TableBridge {
  /** Epoch of the lease that this run holds. */
  readonly epoch: number;
  /**
   * @throws TwinlegError as the table's store; `STORE_TIMEOUT` where no answer comes in time; `STORE_AWAY` at once
   *   while the table is away
   */
  call<Method extends keyof TableMethods>(method: Method, ...args: Sent<Method>): Answer<Method>;
  /** Nobody waits for it; a failure is told. While the table is away it is left out. */
  send<Method extends keyof TableMethods>(method: Method, ...args: Sent<Method>): void;
  /** Whether the table answered last. */
  readonly isUp: boolean;
  /**
   * Whether the table may be ahead of what callers know: a write was left without its answer, and by now everything that was
   * asked has come to an end. True until `known`.
   */
  isAhead(): boolean;
  known(): void;
  /** The trading state as last heard. */
  heardControl(): ControlState;
  /** It was told with an answer. */
  hearControl(control: ControlState): void;
  close(): Promise<void>;
}

type Sent<Method extends keyof TableMethods> = Parameters<TableMethods[Method]>;

const LEASE_MS = 6000;
const CALL_MS = 2000;
const REQUEST_MS = 1000;
/** All positions that closed since the figures were counted up are read before anything trades, ms. */
const LONG_CALL_MS = 60_000;
const LONG: ReadonlySet<keyof TableMethods> = new Set(['kpis']);

/**
 * Opens the table and takes its lease.
 *
 * @throws TwinlegError `STORE_IN_USE` where another run shows life on it; what the table says
 */
export async function openBridge(options: BridgeOptions): Promise<TableBridge> {
  const { leaseMs = LEASE_MS, callMs = CALL_MS, requestMs = REQUEST_MS, failed, lost, ...given } = options;
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const holder = randomUUID();
  const workerData: BridgeStart = { ...given, requestMs, holder, leaseMs, signal, port: port2 };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, transferList: [port2] });
  const outage = new Outage();
  let control = INITIAL_CONTROL;
  let closing = false;
  const epoch = await leading(worker, leaseMs * 2 + 2000, given.target.table).catch(async (error) => {
    await worker.terminate();
    throw error;
  });
  worker.on('message', (news: BridgeNews) => {
    if (news.kind === 'control') {
      control = newer(control, news.control);
      outage.heard(news.askedAtMs, Date.now());
    }
    if (news.kind === 'failed') failed(errorOf(news.failure));
    if (news.kind === 'lost') lost(inUse(given.target.table));
  });
  worker.on('error', (error) => failed(new TwinlegError('STORE_FAILED', error.message, 'report this with the log')));
  worker.on('exit', () => {
    if (!closing) lost(new TwinlegError('STORE_FAILED', 'the thread of the table has ended', 'start again'));
  });
  let calls = 0;
  /** Calls that were not waited for to their end. */
  const left = new Set<number>();
  let isUnsure = false;

  /** The answer to a call, where it lies there; those that come too late are let go. */
  function taken(id: number | null): BridgeAnswer | null {
    for (let got = receiveMessageOnPort(port1); got !== undefined; got = receiveMessageOnPort(port1)) {
      const answer = got.message as BridgeAnswer;
      if (answer.id === id) return answer;
      left.delete(answer.id);
    }
    return null;
  }

  function post(method: keyof TableMethods, args: readonly unknown[], waits: boolean): number {
    const call: BridgeCall = { id: ++calls, method, args: JSON.stringify(args), waits };
    port1.postMessage(call);
    return call.id;
  }

  /** Waits without turning the loop: nothing else happens in this thread meanwhile. Answers that came too late are left. */
  function waitFor(id: number, method: keyof TableMethods): BridgeAnswer {
    const withinMs = LONG.has(method) ? Math.max(callMs, LONG_CALL_MS) : callMs;
    const deadline = performance.now() + withinMs;
    for (;;) {
      Atomics.store(signal, 0, 0);
      const answer = taken(id);
      if (answer !== null) return answer;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) {
        left.add(id);
        throw late(given.target.table, method, withinMs);
      }
      Atomics.wait(signal, 0, 0, leftMs);
    }
  }

  return {
    epoch,
    call(method, ...args) {
      if (!outage.isUp) throw away(given.target.table, outage.awayMs(Date.now()));
      try {
        const answer = waitFor(post(method, args, true), method);
        if (!answer.ok) throw errorOf(answer.failure);
        outage.answered();
        return JSON.parse(answer.value);
      } catch (error) {
        if (error instanceof TwinlegError) outage.failed(error.code, Date.now());
        isUnsure ||= !outage.isUp;
        throw error;
      }
    },
    send(method, ...args) {
      if (outage.isUp) post(method, args, false);
    },
    get isUp() {
      return outage.isUp;
    },
    isAhead() {
      if (!isUnsure || !outage.isUp) return false;
      taken(null);
      return left.size === 0;
    },
    known() {
      isUnsure = false;
    },
    heardControl: () => control,
    hearControl(told) {
      control = newer(control, told);
    },
    async close() {
      closing = true;
      const stopped = Promise.race([said(worker, 'stopped'), once(worker, 'exit')]);
      worker.postMessage('stop');
      await stopped;
      await worker.terminate();
      port1.close();
    },
  };
}

/** The first word of the thread: it leads, or cannot. */
function leading(worker: Worker, withinMs: number, table: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const hear = (news: BridgeNews) => {
      if (news.kind === 'claimed') timer = setTimeout(() => settle(() => reject(inUse(table))), withinMs);
      else if (news.kind === 'leads') settle(() => resolve(news.epoch));
      else if (news.kind === 'failed') settle(() => reject(errorOf(news.failure)));
    };
    const broken = (error: Error) => settle(() => reject(error));
    function settle(end: () => void): void {
      clearTimeout(timer);
      worker.off('message', hear);
      worker.off('error', broken);
      end();
    }
    worker.on('message', hear);
    worker.on('error', broken);
  });
}

async function said(worker: Worker, kind: BridgeNews['kind']): Promise<void> {
  for (;;) {
    const [news] = (await once(worker, 'message')) as [BridgeNews];
    if (news.kind === kind) return;
  }
}

/** What was asked for earlier may be heard later. */
function newer(a: ControlState, b: ControlState): ControlState {
  return b.version >= a.version ? b : a;
}

function errorOf({ code, message, remedy, retryable }: BridgeFailure): TwinlegError {
  return new TwinlegError(code, message, remedy, { retryable });
}

function inUse(table: string): TwinlegError {
  const remedy = 'stop it first, or name another stage with cloud.stage';
  return new TwinlegError('STORE_IN_USE', `another run or gateway is using the table ${table}`, remedy);
}

function late(table: string, method: string, callMs: number): TwinlegError {
  const message = `the table ${table} did not answer ${method} within ${callMs} ms`;
  const remedy = 'check the network and the region; the next event tries again';
  return new TwinlegError('STORE_TIMEOUT', message, remedy, { retryable: true });
}

function away(table: string, forMs: number): TwinlegError {
  const message = `the table ${table} has been away for ${forMs} ms; it is not waited for`;
  return new TwinlegError(STORE_AWAY, message, 'check the network and the region; it is tried again by itself', {
    retryable: true,
  });
}
