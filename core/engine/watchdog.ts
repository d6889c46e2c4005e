import { raise, resolve } from '../alerts/raise.ts';
import type { Alert, Severity } from '../alerts/types.ts';
import { FINAL_STATES, type Pair } from '../execution/types.ts';
import { fxFresh, quotesFresh } from '../market/freshness.ts';
import type { Market } from '../market/market.ts';
import { type BookSide, oppositeDirection } from '../market/types.ts';
import { hitSide, vwap } from '../spread/edge.ts';
import type { Settings } from './settings.ts';

/** An open position that could not be judged for so long is told of, and told of again, ms. */
const UNJUDGEABLE_MS = 10_000;
const UNJUDGEABLE_LONG_MS = 60_000;
/** How far past its maximum a position may be held before it is told of: its exit needs a tick and an answer, ms. */
const OVERDUE_MS = 5_000;
/** An exit that has not closed its position by then moves nothing, ms. */
const UNMOVED_MS = 30_000;

/** What is known of one open position. */
interface Watched {
  readonly pairId: string;
  judgedAtMs: number;
  /** Alerts told since it could last be judged. */
  told: number;
  overdueTold: boolean;
  unmovedTold: boolean;
  /** It can be judged again after it was told that it could not. */
  judgedAgain: boolean;
}

/** Notices open positions that cannot be judged and ones held too long. Begins anew with every run. */
export class Watchdog {
  readonly #watched = new Map<string, Watched>();

  /** A tick of an open position: it can be judged where all quotes are fresh and both sides show the quantity. */
  tick(pair: Pair, market: Market, nowMs: number, settings: Settings): void {
    const watched = this.#watched.get(pair.symbol);
    if (watched === undefined || watched.pairId !== pair.id || !judgeable(pair, market, nowMs, settings)) return;
    watched.judgedAtMs = nowMs;
    if (watched.told > 0) watched.judgedAgain = true;
    watched.told = 0;
  }

  /** The alerts that are due for a symbol's pair in this second; due until they were `told`, then once per cause. */
  second(pair: Pair, nowMs: number, { maxHoldMs }: Settings): Alert[] {
    let watched = this.#watched.get(pair.symbol);
    if (watched?.pairId !== pair.id) {
      watched = {
        pairId: pair.id,
        judgedAtMs: nowMs,
        told: 0,
        overdueTold: false,
        unmovedTold: false,
        judgedAgain: false,
      };
      this.#watched.set(pair.symbol, watched);
    }
    const alerts: Alert[] = [];
    if (watched.judgedAgain) {
      alerts.push(resolve('POSITION_UNJUDGEABLE', pair.id, nowMs, `${pair.symbol} is quoted again`));
    }
    const forMs = nowMs - watched.judgedAtMs;
    if (pair.state !== 'OPEN') watched.judgedAtMs = nowMs;
    else if (watched.told < 1 && forMs >= UNJUDGEABLE_MS && forMs < UNJUDGEABLE_LONG_MS) {
      alerts.push(unjudgeable('P2', pair, watched.judgedAtMs, nowMs));
    } else if (watched.told < 2 && forMs >= UNJUDGEABLE_LONG_MS) {
      alerts.push(unjudgeable('P1', pair, watched.judgedAtMs, nowMs));
    }
    const heldMs = nowMs - (pair.openedAtMs ?? nowMs);
    if (!watched.overdueTold && heldMs >= maxHoldMs + OVERDUE_MS && !FINAL_STATES.has(pair.state)) {
      const limit = Math.round(maxHoldMs / 1000);
      const reason = `${pair.symbol} is held for ${Math.round(heldMs / 1000)} s, its maximum is ${limit} s`;
      alerts.push(raise('POSITION_OVERDUE', pair.id, nowMs, reason));
    }
    const closingMs = nowMs - pair.phaseDecidedAtMs;
    if (!watched.unmovedTold && pair.state === 'CLOSING' && closingMs >= UNMOVED_MS) {
      const reason = `${pair.symbol} has been closing for ${Math.round(closingMs / 1000)} s and is still open`;
      alerts.push(raise('EXIT_UNMOVED', pair.id, nowMs, reason));
    }
    return alerts;
  }

  /** Alerts of a symbol's pair are on record. */
  told({ symbol }: Pair, alerts: readonly Alert[]): void {
    const watched = this.#watched.get(symbol);
    if (watched === undefined) return;
    for (const { code, severity, kind } of alerts) {
      if (kind === 'resolved') watched.judgedAgain = false;
      else if (code === 'POSITION_OVERDUE') watched.overdueTold = true;
      else if (code === 'EXIT_UNMOVED') watched.unmovedTold = true;
      else watched.told = severity === 'P2' ? 1 : 2;
    }
  }
}

function judgeable(pair: Pair, market: Market, nowMs: number, { freshness }: Settings): boolean {
  const closing = oppositeDirection(pair.direction);
  return (
    fxFresh(market, nowMs, freshness) &&
    quotesFresh(market, nowMs, freshness) &&
    shows(hitSide(market, 'binance', closing), pair.openQuantity) &&
    shows(hitSide(market, 'upbit', closing), pair.openQuantity)
  );
}

function shows(side: BookSide, quantity: number): boolean {
  return !Number.isNaN(vwap(side, quantity));
}

function unjudgeable(severity: Severity, pair: Pair, sinceMs: number, nowMs: number): Alert {
  const seconds = Math.round((nowMs - sinceMs) / 1000);
  const reason = `the open position of ${pair.symbol} could not be judged for ${seconds} s: quotes are old or too thin`;
  return raise('POSITION_UNJUDGEABLE', pair.id, nowMs, reason, severity);
}
