import { HOURS_A_MONTH } from './prices.ts';

/** What one function was seen to do in an hour. */
export interface FunctionUse {
  readonly invocations: number;
  /** Sum over the invocations, ms as Lambda would bill them. */
  readonly billedMs: number;
  readonly logBytes: number;
}

/** What really happened in a measured hour with so many symbols. */
export interface MeasuredHour {
  readonly symbols: number;
  readonly framesReceived: number;
  readonly ticksSent: number;
  /** Requests that sent them, each 64 KB begun counted. */
  readonly sendRequests: number;
  readonly workMessages: number;
  /** Of the gateway's look at the state each second, its lease and its heartbeat. */
  readonly gateway: { readonly readUnits: number; readonly writeUnits: number; readonly logBytes: number };
  readonly evaluate: FunctionUse;
  readonly execute: FunctionUse;
  readonly housekeep: FunctionUse;
  readonly universe: FunctionUse;
  /** Of all functions. */
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly stateBytes: number;
  readonly trades: number;
  readonly notionalUsdt: number;
  readonly pnlUsdt: number;
}

export interface Deployment {
  readonly symbols: number;
  readonly layout: 'per-symbol' | 'sharded';
  readonly shards: number;
  readonly gateways: number;
  readonly functionMemoryGb: number;
}

/** Quantities of a month, as AWS counts them. */
export interface Usage {
  readonly gatewayHours: number;
  readonly tickMessages: number;
  readonly tickRequests: number;
  readonly pollRequests: number;
  readonly workRequests: number;
  readonly invocations: number;
  readonly gbSeconds: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly stateGb: number;
  readonly logGb: number;
  readonly trades: number;
}

/** A mapping polls its queue with two connections that each wait 20 s. */
const IDLE_POLLS_AN_HOUR = 2 * (3600 / 20);
/** The work queue's mapping. */
const FIXED_MAPPINGS = 1;

/**
 * A month of a deployment from one measured hour: what symbols do grows with their number, what a process does on its own
 * clock does not. A batch costs three requests: it is sent, received and deleted.
 */
export function monthOf(hour: MeasuredHour, deployment: Deployment): Usage {
  const { symbols, layout, shards, gateways, functionMemoryGb } = deployment;
  const share = symbols / hour.symbols;
  const month = (perHour: number) => perHour * HOURS_A_MONTH;
  const mappings = layout === 'sharded' ? Math.min(shards, symbols) : symbols;
  const bySymbol: readonly FunctionUse[] = [hour.evaluate, hour.execute];
  const byClock: readonly FunctionUse[] = [hour.housekeep, hour.universe];
  const sum = (pick: (use: FunctionUse) => number) => share * total(bySymbol, pick) + total(byClock, pick);
  return {
    gatewayHours: month(gateways),
    tickMessages: month(share * hour.ticksSent),
    tickRequests: month(share * (hour.sendRequests + 2 * hour.evaluate.invocations)),
    pollRequests: month((mappings + FIXED_MAPPINGS) * IDLE_POLLS_AN_HOUR),
    workRequests: month(share * 3 * hour.workMessages),
    invocations: month(sum((use) => use.invocations)),
    gbSeconds: (month(sum((use) => use.billedMs)) / 1000) * functionMemoryGb,
    writeUnits: month(share * hour.writeUnits + gateways * hour.gateway.writeUnits),
    readUnits: month(share * hour.readUnits + gateways * share * hour.gateway.readUnits),
    stateGb: (share * hour.stateBytes) / 1e9,
    logGb: month(sum((use) => use.logBytes) + gateways * hour.gateway.logBytes) / 1e9,
    trades: month(share * hour.trades),
  };
}

function total(uses: readonly FunctionUse[], pick: (use: FunctionUse) => number): number {
  return uses.reduce((all, use) => all + pick(use), 0);
}
