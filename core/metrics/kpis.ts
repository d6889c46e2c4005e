/** A core figure of operations (SPEC §12): a recording rule of Prometheus, and a panel of a dashboard. */
export interface CoreKpi {
  /** Name of the recorded series, without its prefix. */
  readonly record: string;
  readonly title: string;
  readonly unit: 'usdt' | 'ratio' | 'per hour' | 'seconds' | 'percent' | 'bytes' | 'count';
  /** PromQL over the catalogue's series. */
  readonly expr: string;
  readonly description: string;
}

/** The ten core figures. A run's own labels stay, so that several runs are told apart. */
export const CORE_KPIS: readonly CoreKpi[] = [
  {
    record: 'pnl:usdt',
    title: 'Total PnL',
    unit: 'usdt',
    expr: 'sum by (job, instance) (twinleg_pnl_total)',
    description: 'PnL of all closed positions, after fees.',
  },
  {
    record: 'win:ratio',
    title: 'Win rate',
    unit: 'ratio',
    expr: 'max by (job, instance) (twinleg_win_rate)',
    description: 'Share of closed positions with a PnL above zero.',
  },
  {
    record: 'trades:per_hour',
    title: 'Trades per hour',
    unit: 'per hour',
    expr: 'sum by (job, instance) (increase(twinleg_trades_total[1h]))',
    description: 'Positions closed within the last hour.',
  },
  {
    record: 'loop_latency_seconds:mean5m',
    title: 'Loop latency, mean',
    unit: 'seconds',
    expr: 'sum by (job, instance) (rate(twinleg_loop_latency_seconds_sum[5m])) / sum by (job, instance) (rate(twinleg_loop_latency_seconds_count[5m]))',
    description: 'From a frame’s receipt to its decision, mean of five minutes.',
  },
  {
    record: 'loop_latency_seconds:p99_5m',
    title: 'Loop latency, p99',
    unit: 'seconds',
    expr: 'histogram_quantile(0.99, sum by (job, instance, le) (rate(twinleg_loop_latency_seconds_bucket[5m])))',
    description: 'The slowest hundredth of five minutes’ decisions took at least this long.',
  },
  {
    record: 'ws_latency_seconds:mean5m',
    title: 'WebSocket latency',
    unit: 'seconds',
    expr: 'sum by (job, instance, venue) (rate(twinleg_ws_latency_seconds_sum[5m])) / sum by (job, instance, venue) (rate(twinleg_ws_latency_seconds_count[5m]))',
    description: 'Round trip of a ping to each venue, mean of five minutes.',
  },
  {
    record: 'cpu_usage:percent',
    title: 'CPU',
    unit: 'percent',
    expr: 'max by (job, instance) (twinleg_cpu_usage_percent)',
    description: 'CPU time of the process, percent of one core.',
  },
  {
    record: 'memory_usage:bytes',
    title: 'Memory',
    unit: 'bytes',
    expr: 'max by (job, instance) (twinleg_memory_usage_bytes)',
    description: 'Resident memory of the process.',
  },
  {
    record: 'open_positions:count',
    title: 'Open positions',
    unit: 'count',
    expr: 'max by (job, instance) (twinleg_open_positions_count)',
    description: 'Positions from commitment to close.',
  },
  {
    record: 'guard_triggers:per_hour',
    title: 'Guard triggers per hour',
    unit: 'per hour',
    expr: 'sum by (job, instance) (increase(twinleg_guard_triggers_total[1h]))',
    description: 'Refusals that began and holds, within the last hour.',
  },
  {
    record: 'snapshot_success:ratio',
    title: 'Snapshot success rate',
    unit: 'ratio',
    expr: '1 - sum by (job, instance) (twinleg_snapshot_save_total{result="failed"}) / clamp_min(sum by (job, instance) (twinleg_snapshot_save_total), 1)',
    description: 'Share of snapshots that were saved, since the process began; 1 before the first.',
  },
];
