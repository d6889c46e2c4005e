import { eachRun, risen } from '../each-run.ts';
import type { AlertSpec } from '../types.ts';

/** Orders and positions. */
export const EXECUTION_ALERTS = {
  OUTCOME_UNKNOWN: {
    severity: 'P0',
    title: 'Outcome of an order is unknown',
    condition: 'a venue did not say what became of an order',
    source: 'log',
    action: 'Look the order up at the venue. Entries stay off until the outcome is known.',
    lasts: 'condition',
    prometheus: null,
  },
  NAKED_LEG: {
    severity: 'P1',
    title: 'A position has been one-legged for too long',
    condition: 'one leg stands alone for longer than execution.maxNakedSeconds',
    source: 'log',
    action: 'Check the venue that lags. If the unwind does not fill, close the excess by hand.',
    lasts: 'condition',
    prometheus: { expr: 'twinleg_naked_notional_usdt > 0', for: '30s' },
  },
  NAKED_LEG_CRITICAL: {
    severity: 'P0',
    title: 'A position is still one-legged',
    condition: 'one leg stands alone for longer than three times execution.maxNakedSeconds',
    source: 'log',
    action: 'Close the excess by hand at the venue where it lies.',
    lasts: 'condition',
    prometheus: null,
  },
  LEG_REJECTED: {
    severity: 'P2',
    title: 'A venue rejected an order',
    condition: 'a venue refused an order',
    source: 'log',
    action: 'Read the reason. Repeated rejections mean wrong limits, balances or permissions.',
    lasts: 'event',
    prometheus: null,
  },
  EXIT_UNMOVED: {
    severity: 'P1',
    title: 'An exit was sent and nothing moved',
    condition: 'a position has been closing for 30 s and is still open',
    source: 'log',
    action: 'See `npx twinleg why SYMBOL`. If the books are there and orders still do not fill, close by hand.',
    lasts: 'condition',
    prometheus: null,
  },
  POSITION_UNJUDGEABLE: {
    severity: 'P2',
    worsens: 'P1',
    title: 'An open position cannot be judged',
    condition: 'quotes of an open position are old or too thin for 10 s; P1 after 60 s',
    source: 'log',
    action: 'Check both venues’ feeds: it can neither stop its loss nor close. After a minute close it by hand.',
    lasts: 'condition',
    prometheus: null,
  },
  POSITION_OVERDUE: {
    severity: 'P1',
    title: 'A position is held past its maximum',
    condition: 'a position is held 5 s longer than strategy.maxHoldSeconds',
    source: 'log',
    action:
      'See `npx twinleg why SYMBOL` for what holds its exit back; `npx twinleg flatten` closes it as soon as quotes allow.',
    lasts: 'condition',
    prometheus: null,
  },
  EXPOSURE_CONFLICT: {
    severity: 'P2',
    title: 'A committed change was refused by the store',
    condition: 'the store refused a change of a pair that has orders out',
    source: 'store',
    action: 'Run `npx twinleg doctor --store`.',
    lasts: 'event',
    prometheus: { expr: risen('conflicts_total', 'kind="given_up"', '5m', '> 0'), for: '0s' },
  },
  OPPORTUNITIES_MISSED: {
    severity: 'P3',
    title: 'Opportunities were seen and not taken',
    condition: 'at least 20 entries were refused and none was made for an hour',
    source: 'metric',
    action: 'See `npx twinleg why SYMBOL` for the guard that refuses. A limit may be too tight, or a venue unwell.',
    lasts: 'condition',
    prometheus: {
      expr: eachRun(
        ({ by, of }) =>
          `sum by (${by}) (increase(twinleg_guard_triggers_total{${of}, symbol!="ALL"}[1h])) >= 20 and sum by (${by}) (increase(twinleg_decisions_total{${of}, decision="ENTER"}[1h])) == 0`,
      ),
      for: '5m',
    },
  },
  INVENTORY_RUNWAY: {
    severity: 'P2',
    title: 'Inventory is running short',
    condition: 'what lies on a venue is enough for fewer than two entries of full size in a symbol or quote currency',
    source: 'metric',
    action: 'See `npx twinleg balances` for what to move, and rebalance between the venues.',
    lasts: 'condition',
    prometheus: null,
  },
  LOW_ACTIVITY: {
    severity: 'P3',
    title: 'Little is traded',
    condition: 'no position was closed for six hours while trading is ACTIVE',
    source: 'metric',
    action: 'See `npx twinleg why SYMBOL`: no edge is no fault. Otherwise check guards and the configured threshold.',
    lasts: 'condition',
    prometheus: {
      expr: eachRun(
        ({ by, of }) =>
          `sum by (${by}) (increase(twinleg_trades_total{${of}}[6h])) == 0 and max by (${by}) (twinleg_uptime_seconds{${of}}) > 21600 and max by (${by}) (twinleg_trading_state{${of}, state="ACTIVE"}) == 1`,
      ),
      for: '10m',
    },
  },
} as const satisfies Record<string, AlertSpec>;
