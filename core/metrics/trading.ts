import { VENUES } from '../market/types.ts';
import {
  CONFLICTS,
  DECISIONS,
  DIRECTIONS,
  GUARD_CODES,
  ORDER_RESULTS,
  STANDING_GUARD_CODES,
  TRADING_STATES,
} from './labels.ts';
import { counter, gauge, histogram } from './spec.ts';

/** Net edges from clearly losing to more than any real one, bp. */
const EDGE_BPS = [-50, -20, -10, 0, 5, 10, 20, 30, 50, 100, 200];

/** Money comes from the store, so one long-lived process tells it: the run, or in the cloud the gateway. */
const sources = ['run', 'gateway'] as const;
/** What is decided and sent is told by whoever does it. */
const deciding = ['run', 'function'] as const;

/** Positions, money, guards and decisions. */
export const TRADING_METRICS = {
  trades: counter('trades_total', {
    unit: 'positions',
    help: 'Closed positions.',
    labels: { symbol: 'symbols' },
    sources,
  }),
  pnl: gauge('pnl_total', {
    unit: 'USDT',
    help: 'PnL of closed positions; may fall.',
    labels: { symbol: 'symbols' },
    sources,
  }),
  winRate: gauge('win_rate', {
    unit: 'ratio',
    help: 'Share of closed positions with a PnL above zero, 0 to 1.',
    labels: {},
    sources,
  }),
  openPositions: gauge('open_positions_count', {
    unit: 'positions',
    help: 'Positions from commitment to close.',
    labels: {},
    sources,
  }),
  exposure: gauge('exposure_usdt', {
    unit: 'USDT',
    help: 'Entry notional of open positions.',
    labels: { direction: DIRECTIONS },
    sources,
  }),
  nakedNotional: gauge('naked_notional_usdt', {
    unit: 'USDT',
    help: 'Entry notional of positions that are one-legged now.',
    labels: {},
    sources,
  }),
  inventory: gauge('inventory', {
    unit: 'asset units',
    help: 'What lies on a venue.',
    labels: { venue: VENUES, asset: 'assets' },
    sources,
  }),
  dailyPnl: gauge('daily_pnl_usdt', {
    unit: 'USDT',
    help: 'PnL of positions closed this trading day, as the loss guards count it: the worse of the booked and the account’s.',
    labels: {},
    sources,
  }),
  tradingState: gauge('trading_state', {
    unit: 'flag',
    help: '1 for the trading state in force, else 0.',
    labels: { state: TRADING_STATES },
    sources,
  }),
  fxRate: gauge('fx_rate', {
    unit: 'KRW per USDT',
    help: 'Best prices of KRW-USDT on Upbit.',
    labels: { side: ['bid', 'ask'] },
    sources,
  }),
  fxDeviation: gauge('fx_deviation_ratio', {
    unit: 'ratio',
    help: 'How far KRW-USDT is from the median that the coins imply, or from its own of five minutes, whichever is farther.',
    labels: {},
    sources,
  }),
  guardTriggers: counter('guard_triggers_total', {
    unit: 'events',
    help: 'Refusals that began, and holds of REDUCE_ONLY (symbol ALL).',
    labels: { guard: GUARD_CODES, symbol: 'symbols' },
    sources,
  }),
  guardHolding: gauge('guard_holding', {
    unit: 'flag',
    help: '1 while a guard holds the trading state at REDUCE_ONLY.',
    labels: { guard: STANDING_GUARD_CODES },
    sources,
  }),
  decisions: counter('decisions_total', {
    unit: 'events',
    help: 'Committed decisions.',
    labels: { decision: DECISIONS },
    sources: deciding,
  }),
  orders: counter('order_results_total', {
    unit: 'events',
    help: 'Orders by what became of them.',
    labels: { venue: VENUES, result: ORDER_RESULTS },
    sources: deciding,
  }),
  conflicts: counter('conflicts_total', {
    unit: 'events',
    help: 'Commits whose condition no longer held.',
    labels: { kind: CONFLICTS },
    sources: deciding,
  }),
  netEdge: histogram('net_edge_bps', {
    unit: 'bp',
    help: 'Net edge of the entries that were decided; in the cloud of those that the gateway finds in the store.',
    labels: { symbol: 'symbols' },
    sources,
    buckets: EDGE_BPS,
  }),
} as const;
