import type { MessagePort } from 'node:worker_threads';
import type { ControlState } from '#core/engine/state.ts';
import type { TableTarget } from '../client.ts';
import type { TableOwner } from '../owner.ts';
import type { TableMethods } from './methods.ts';

/** What the thread that talks to the table is started with. */
export interface BridgeStart {
  readonly target: TableTarget;
  readonly owner: TableOwner;
  readonly keepDays: number;
  readonly entryExpiresMs: number;
  /** Longest that one request may take, ms. */
  readonly requestMs: number;
  /** Names this run and no other. */
  readonly holder: string;
  readonly leaseMs: number;
  /** Becomes 1 whenever an answer that is waited for has been posted. */
  readonly signal: Int32Array;
  readonly port: MessagePort;
}

/** A call; `waits`: its answer goes to the port and the signal, else only its failure is told. */
export interface BridgeCall {
  readonly id: number;
  readonly method: keyof TableMethods;
  /** JSON of the list of arguments. */
  readonly args: string;
  readonly waits: boolean;
}

export interface BridgeFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly retryable: boolean;
}

/** JSON of the answer, or why there is none. */
export type BridgeAnswer = { readonly id: number } & (
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly failure: BridgeFailure }
);

/** What the thread tells of itself. */
export type BridgeNews =
  /** The table is this owner's; from here on the lease alone is waited for. */
  | { readonly kind: 'claimed' }
  | { readonly kind: 'leads'; readonly epoch: number }
  | { readonly kind: 'lost'; readonly holder: string | null }
  /** @param askedAtMs when it was asked for, by this machine's clock */
  | { readonly kind: 'control'; readonly control: ControlState; readonly askedAtMs: number }
  | { readonly kind: 'failed'; readonly failure: BridgeFailure }
  | { readonly kind: 'stopped' };
