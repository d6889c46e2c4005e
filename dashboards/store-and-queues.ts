import { quantile } from './promql.ts';
import { CLOUD_ONLY, type DashboardSpec, DISK_ONLY, panel } from './spec.ts';

/** System Health's last row: where state and messages lie. */
export const STORE_AND_QUEUES: DashboardSpec['rows'][number] = {
  title: 'Store and queues',
  panels: [
    panel('Commit to the store', 'timeseries', {
      unit: 's',
      description: 'Round trip of a commit.',
      runbook: 'STORE_SLOW',
      thresholds: [
        [0.01, 'yellow'],
        [1, 'red'],
      ],
      width: 8,
      queries: [
        [quantile(0.5, 'store_commit_seconds'), 'p50'],
        [quantile(0.99, 'store_commit_seconds'), 'p99'],
      ],
    }),
    panel('Conflicts', 'timeseries', {
      unit: 'short',
      description: 'Commits whose condition no longer held, a minute, by what had changed.',
      runbook: 'EXPOSURE_CONFLICT',
      thresholds: [[10, 'yellow']],
      width: 8,
      queries: [['60 * sum by (kind) (rate(twinleg_conflicts_total[$__rate_interval]))', '{{kind}}']],
    }),
    panel('Snapshots', 'timeseries', {
      unit: 'short',
      description: 'Snapshots saved and failed, an hour.',
      runbook: 'SNAPSHOT_SAVE_FAILED',
      thresholds: [[1000, 'yellow']],
      width: 8,
      queries: [['sum by (result) (increase(twinleg_snapshot_save_total[1h]))', '{{result}}']],
    }),
    panel('Free disk space', 'timeseries', {
      unit: 'bytes',
      description: 'Where the data lies. Below store.minFreeBytes entries are held back.',
      runbook: 'DISK_FILLING',
      thresholds: [
        [0, 'red'],
        [5e8, 'yellow'],
        [2e9, 'green'],
      ],
      width: 8,
      empty: DISK_ONLY,
      queries: [['min by (job, instance) (twinleg_disk_free_bytes)', '{{instance}}']],
    }),
    panel('Messages waiting', 'timeseries', {
      unit: 'short',
      description: 'By kind of queue; orders under way count as work.',
      runbook: 'QUEUE_BACKLOG',
      thresholds: [
        [100, 'yellow'],
        [1000, 'red'],
      ],
      width: 8,
      queries: [['sum by (queue) (twinleg_queue_messages)', '{{queue}}']],
    }),
    panel('Joined ticks', 'timeseries', {
      unit: 'reqps',
      description: 'Ticks a second that were joined of both venues’ quotes and the rate.',
      runbook: 'SERIES_GONE',
      thresholds: [[10_000, 'yellow']],
      width: 8,
      queries: [['sum by (instance) (rate(twinleg_ticks_total[$__rate_interval]))', '{{instance}}']],
    }),
    panel('Ticks sent and kept back', 'timeseries', {
      unit: 'reqps',
      description: 'Ticks a second that the gateway gave to queues, and why it kept others back.',
      runbook: 'QUEUE_BACKLOG',
      thresholds: [[1000, 'yellow']],
      width: 8,
      empty: CLOUD_ONLY,
      queries: [
        ['sum(rate(twinleg_ticks_sent_total[$__rate_interval]))', 'sent'],
        ['sum by (reason) (rate(twinleg_ticks_filtered_total[$__rate_interval]))', '{{reason}}'],
      ],
    }),
    panel('Functions', 'timeseries', {
      unit: 'short',
      description: 'Invocations a minute, by how they ended.',
      runbook: 'QUEUE_BACKLOG',
      thresholds: [[10_000, 'yellow']],
      width: 8,
      empty: CLOUD_ONLY,
      queries: [
        [
          '60 * sum by (function, result) (rate(twinleg_function_invocations_total[$__rate_interval]))',
          '{{function}} {{result}}',
        ],
      ],
    }),
    panel('Dead letters', 'timeseries', {
      unit: 'short',
      description: 'Messages that were laid aside, an hour, by reason.',
      runbook: 'DEAD_LETTERS',
      thresholds: [[1, 'red']],
      width: 8,
      empty: CLOUD_ONLY,
      queries: [['sum by (reason) (increase(twinleg_dead_letters_total[1h]))', '{{reason}}']],
    }),
  ],
};
