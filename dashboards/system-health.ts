import { mean, quantile } from './promql.ts';
import { type DashboardSpec, panel } from './spec.ts';
import { STORE_AND_QUEUES } from './store-and-queues.ts';

export const SYSTEM_HEALTH: DashboardSpec = {
  uid: 'twinleg-system-health',
  title: 'Twinleg: System Health',
  description: 'Is it running, how quickly, on what means, and what fails.',
  rows: [
    {
      title: 'Status',
      panels: [
        panel('Up', 'stat', {
          unit: 'bool_on_off',
          description: 'Whether Prometheus reaches the process; of one that pushes, whether it still does.',
          runbook: 'ENGINE_CRASHED',
          thresholds: [
            [0, 'red'],
            [1, 'green'],
          ],
          queries: [['up or max by (job, instance) (twinleg_uptime_seconds) >= bool 0', '{{job}} {{instance}}']],
        }),
        panel('Uptime', 'stat', {
          unit: 's',
          description: 'Since the process began; a small value is a recent restart.',
          runbook: 'ENGINE_CRASHED',
          thresholds: [
            [0, 'yellow'],
            [300, 'green'],
          ],
          queries: [['max by (job, instance) (twinleg_uptime_seconds)', '{{instance}}']],
        }),
        panel('Store', 'stat', {
          unit: 'bool_on_off',
          description: 'Whether the store answered last.',
          runbook: 'STORE_LOST',
          thresholds: [
            [0, 'red'],
            [1, 'green'],
          ],
          queries: [['min by (job, instance) (twinleg_store_up)', '{{instance}}']],
        }),
        panel('Venues', 'stat', {
          unit: 'bool_on_off',
          description: 'Whether each venue delivers data.',
          runbook: 'VENUE_DOWN',
          thresholds: [
            [0, 'red'],
            [1, 'green'],
          ],
          queries: [['min by (venue) (twinleg_ws_connected)', '{{venue}}']],
        }),
        panel('Errors per minute', 'stat', {
          unit: 'short',
          description: 'Failures that were survived, within the last minute. Above 10 entries are held back.',
          runbook: 'ERROR_RATE',
          thresholds: [
            [1, 'yellow'],
            [10, 'red'],
          ],
          queries: [['sum by (instance) (increase(twinleg_errors_total[1m]))', '{{instance}}']],
        }),
        panel('Snapshot success rate', 'stat', {
          unit: 'percentunit',
          description: 'Share of snapshots that were saved since the process began.',
          runbook: 'SNAPSHOT_SAVE_FAILED',
          thresholds: [
            [0, 'red'],
            [0.9, 'yellow'],
            [1, 'green'],
          ],
          queries: [
            [
              '1 - sum by (instance) (twinleg_snapshot_save_total{result="failed"}) / clamp_min(sum by (instance) (twinleg_snapshot_save_total), 1)',
              '{{instance}}',
            ],
          ],
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        panel('Loop latency', 'timeseries', {
          unit: 's',
          description:
            'From a frame’s receipt to its decision: our own computing. The alert begins at a mean of 50 ms.',
          runbook: 'LOOP_LATENCY',
          thresholds: [
            [0.001, 'yellow'],
            [0.05, 'red'],
          ],
          queries: [
            [mean('loop_latency_seconds'), 'mean'],
            [quantile(0.99, 'loop_latency_seconds'), 'p99'],
          ],
        }),
        panel('Loop latency, spread', 'heatmap', {
          unit: 's',
          description: 'How many decisions took how long.',
          runbook: 'LOOP_LATENCY',
          thresholds: [[0.05, 'red']],
          queries: [['sum by (le) (increase(twinleg_loop_latency_seconds_bucket[$__rate_interval]))', '{{le}}']],
        }),
        panel('Frame to commit', 'timeseries', {
          unit: 's',
          description: 'From a frame’s receipt to its commit, of frames that led to one.',
          runbook: 'COMMIT_SLOW',
          thresholds: [
            [0.06, 'yellow'],
            [0.25, 'red'],
          ],
          queries: [
            [quantile(0.5, 'tick_to_commit_seconds'), 'p50'],
            [quantile(0.99, 'tick_to_commit_seconds'), 'p99'],
          ],
        }),
        panel('WebSocket round trip', 'timeseries', {
          unit: 's',
          description: 'Mean round trip of a ping to each venue.',
          runbook: 'VENUE_DOWN',
          thresholds: [
            [0.2, 'yellow'],
            [1, 'red'],
          ],
          queries: [[mean('ws_latency_seconds', 'venue'), '{{venue}}']],
        }),
      ],
    },
    {
      title: 'Process',
      panels: [
        panel('CPU', 'timeseries', {
          unit: 'percent',
          description: 'CPU time of the process, of one core.',
          runbook: 'CPU_HIGH',
          thresholds: [
            [60, 'yellow'],
            [90, 'red'],
          ],
          width: 8,
          queries: [['max by (job, instance) (twinleg_cpu_usage_percent)', '{{instance}}']],
        }),
        panel('Memory', 'timeseries', {
          unit: 'bytes',
          description: 'Resident memory; it should stay level.',
          runbook: 'MEMORY_HIGH',
          thresholds: [
            [1e9, 'yellow'],
            [1.5e9, 'red'],
          ],
          width: 8,
          queries: [['max by (job, instance) (twinleg_memory_usage_bytes)', '{{instance}}']],
        }),
        panel('Clock skew', 'timeseries', {
          unit: 's',
          description: 'This machine’s clock less Binance’s. Beyond 1 s entries are held back.',
          runbook: 'CLOCK_SKEW',
          thresholds: [
            [0.5, 'yellow'],
            [1, 'red'],
          ],
          width: 8,
          queries: [['max by (job, instance) (twinleg_clock_skew_seconds)', '{{instance}}']],
        }),
      ],
    },
    {
      title: 'Failures and feeds',
      panels: [
        panel('Errors by code', 'timeseries', {
          unit: 'short',
          description: 'Failures that were survived, a minute.',
          runbook: 'ERROR_LOGGED',
          thresholds: [
            [1, 'yellow'],
            [10, 'red'],
          ],
          queries: [['60 * sum by (code) (rate(twinleg_errors_total[$__rate_interval]))', '{{code}}']],
        }),
        panel('Frames', 'timeseries', {
          unit: 'reqps',
          description: 'Frames a second by venue; malformed ones apart.',
          runbook: 'BAD_FRAMES',
          thresholds: [[10_000, 'yellow']],
          queries: [
            ['sum by (venue) (rate(twinleg_ws_frames_total[$__rate_interval]))', '{{venue}}'],
            [
              'sum by (venue) (rate(twinleg_ws_frames_total{kind=~"malformed_.*"}[$__rate_interval]))',
              '{{venue}} malformed',
            ],
          ],
        }),
        panel('Disconnects', 'timeseries', {
          unit: 'short',
          description: 'Connections that broke or could not be made, a minute.',
          runbook: 'RECONNECT_STORM',
          thresholds: [
            [1, 'yellow'],
            [5, 'red'],
          ],
          queries: [
            [
              '60 * sum by (venue) (rate(twinleg_ws_events_total{event=~"disconnected|dialFailed"}[$__rate_interval]))',
              '{{venue}}',
            ],
          ],
        }),
        panel('Age of the last message', 'timeseries', {
          unit: 's',
          description: 'How long each venue has been silent.',
          runbook: 'VENUE_DOWN',
          thresholds: [
            [1, 'yellow'],
            [5, 'red'],
          ],
          queries: [['max by (venue) (twinleg_ws_last_frame_age_seconds)', '{{venue}}']],
        }),
      ],
    },
    STORE_AND_QUEUES,
  ],
};
