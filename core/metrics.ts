/** What a metric's name, help and labels are; every long-lived process serves the same series (SPEC §12). */
export interface MetricSpec {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

const LATENCY_SECONDS = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const ROUND_TRIP_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const EDGE_BPS = [-100, -50, -30, -20, -10, -5, 0, 5, 10, 20, 30, 50, 100, 200];

/** Every metric that Twinleg serves. Names, seconds and bytes follow Prometheus' conventions. */
export const METRICS = {
  trades: counter('trades_total', 'Closed positions.', ['symbol']),
  pnl: gauge('pnl_total', 'PnL of closed positions, USDT; may fall.', ['symbol']),
  winRate: gauge('win_rate', 'Share of closed positions with a PnL above zero, 0 to 1.', []),
  openPositions: gauge('open_positions_count', 'Positions from commitment to close.', []),
  exposure: gauge('exposure_usdt', 'Entry notional of open positions, USDT.', ['direction']),
  nakedNotional: gauge('naked_notional_usdt', 'Entry notional of positions that are one-legged now, USDT.', []),
  inventory: gauge('inventory', 'What lies on a venue, in units of the asset.', ['venue', 'asset']),
  tradingState: gauge('trading_state', '1 for the trading state in force, else 0.', ['state']),
  fxRate: gauge('fx_rate', 'Best prices of KRW-USDT on Upbit, won per USDT.', ['side']),
  guardTriggers: counter('guard_triggers_total', 'Refusals that began, and holds of REDUCE_ONLY (symbol ALL).', [
    'guard',
    'symbol',
  ]),
  decisions: counter('decisions_total', 'Committed decisions.', ['decision']),
  orders: counter('order_results_total', 'Orders by what became of them.', ['venue', 'result']),
  conflicts: counter('conflicts_total', 'Commits whose condition no longer held.', ['kind']),
  alerts: counter('alerts_total', 'Alerts raised.', ['severity']),
  alertMessages: counter('alert_messages_total', 'Messages to the operator by what became of them.', ['result']),
  alertOldestWaiting: gauge('alert_oldest_waiting_seconds', 'Age of the oldest alert that is still to be told.', []),
  webhooks: counter('webhooks_total', 'Calls of the webhook for alerts by what became of them.', ['result']),
  commands: counter('commands_total', 'Commands of operators by what became of them.', ['result']),
  snapshotSaves: counter('snapshot_save_total', 'Snapshots by whether they were saved.', ['result']),
  snapshotRestores: counter('snapshot_restore_total', 'Times that this store came out of a snapshot.', ['result']),
  errors: counter('errors_total', 'Failures that were survived, by code.', ['code']),
  ticks: counter('ticks_total', 'Joined ticks that were judged.', []),
  frames: counter('ws_frames_total', 'Frames received, by what they were.', ['venue', 'kind']),
  feedEvents: counter('ws_events_total', 'What happened to the connections.', ['venue', 'event']),
  connected: gauge('ws_connected', '1 while the venue delivers data.', ['venue']),
  lastFrameAge: gauge('ws_last_frame_age_seconds', 'Age of the last message.', ['venue']),
  wsLatency: histogram('ws_latency_seconds', 'Round trip of a ping.', ['venue'], ROUND_TRIP_SECONDS),
  loopLatency: histogram('loop_latency_seconds', 'From a frame’s receipt to its decision.', [], LATENCY_SECONDS),
  tickToCommit: histogram('tick_to_commit_seconds', 'From a frame’s receipt to its commit.', [], LATENCY_SECONDS),
  netEdge: histogram('net_edge_bps', 'Net edge of the entries that were decided, bp.', ['symbol'], EDGE_BPS),
  cpu: gauge('cpu_usage_percent', 'CPU time of this process over the last second, percent of one core.', []),
  memory: gauge('memory_usage_bytes', 'Resident memory of this process.', []),
  uptime: gauge('uptime_seconds', 'Since this run began.', []),
} as const satisfies Record<string, MetricSpec>;

export type MetricId = keyof typeof METRICS;

function counter<const L extends readonly string[]>(name: string, help: string, labels: L) {
  return { kind: 'counter', name: `twinleg_${name}`, help, labels } as const;
}

function gauge<const L extends readonly string[]>(name: string, help: string, labels: L) {
  return { kind: 'gauge', name: `twinleg_${name}`, help, labels } as const;
}

function histogram<const L extends readonly string[]>(
  name: string,
  help: string,
  labels: L,
  buckets: readonly number[],
) {
  return { kind: 'histogram', name: `twinleg_${name}`, help, labels, buckets } as const;
}
