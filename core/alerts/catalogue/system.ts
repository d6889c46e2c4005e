import { eachRun, risen } from '../each-run.ts';
import type { AlertSpec } from '../types.ts';

/** The process, its store, its disk and its configuration. */
export const SYSTEM_ALERTS = {
  ENGINE_CRASHED: {
    severity: 'P0',
    title: 'The engine crashed',
    condition:
      'a run ended without a stop: seen by Prometheus at once, by the next run at its start, in the cloud by housekeep',
    source: 'log',
    action:
      'Start it again and see `npx twinleg positions`: what was open is managed on. Then look at the log’s end for why.',
    lasts: 'event',
    prometheus: { expr: 'up{job="twinleg"} == 0', for: '30s' },
  },
  SERIES_GONE: {
    severity: 'P1',
    title: 'A run is no longer seen',
    condition: 'Prometheus has no series of a run any more',
    source: 'alertmanager',
    action: 'See that the run is up (`npx twinleg status`) and that Prometheus may scrape its /metrics.',
    lasts: 'condition',
    prometheus: { expr: 'absent(twinleg_uptime_seconds)', for: '5m' },
  },
  STORE_LOST: {
    severity: 'P0',
    title: 'The store is lost',
    condition: 'the store cannot be read or written',
    source: 'store',
    action: 'Check disk, permissions and `npx twinleg doctor --store`. Nothing is entered until it answers again.',
    lasts: 'condition',
    prometheus: {
      expr: risen(
        'errors_total',
        'code=~"STORE_FAILED|STORE_CORRUPT|STORE_UNREADABLE|STORE_UNREACHABLE|STORE_TIMEOUT|STORE_AWAY"',
        '1m',
        '> 0',
      ),
      for: '0s',
    },
  },
  STORE_SLOW: {
    severity: 'P1',
    title: 'The store answers slowly',
    condition: 'the store was locked or took longer than a second',
    source: 'store',
    action: 'Stop what else uses the data directory and check the disk’s load.',
    lasts: 'condition',
    prometheus: { expr: risen('errors_total', 'code="STORE_BUSY"', '1m', '> 0'), for: '0s' },
  },
  ERROR_LOGGED: {
    severity: 'P1',
    title: 'An error that no other alert names',
    condition: 'an error was logged',
    source: 'log',
    action: 'Read the log around this time. Trading goes on; repeated errors hold entries back.',
    lasts: 'condition',
    prometheus: { expr: risen('errors_total', 'code="INTERNAL"', '5m', '> 0'), for: '0s' },
  },
  LOOP_LATENCY: {
    severity: 'P1',
    title: 'The loop is slow',
    condition: 'the mean time from a frame to its decision is above 50 ms for alerts.loopLatencyForSeconds (300)',
    source: 'metric',
    action: 'Check the machine’s load. Trade fewer symbols or give it a core of its own.',
    lasts: 'condition',
    prometheus: {
      expr: eachRun(
        ({ by, of }) =>
          `sum by (${by}) (rate(twinleg_loop_latency_seconds_sum{${of}}[1m])) / sum by (${by}) (rate(twinleg_loop_latency_seconds_count{${of}}[1m])) > 0.05`,
      ),
      for: '5m',
    },
  },
  COMMIT_SLOW: {
    severity: 'P2',
    title: 'Decisions are committed slowly',
    condition: 'the 99th percentile from tick to commit is above 250 ms for 5 min',
    source: 'alertmanager',
    action: 'Check the store’s disk and the machine’s load.',
    lasts: 'condition',
    prometheus: {
      expr: eachRun(
        ({ by, of }) =>
          `histogram_quantile(0.99, sum by (${[by, 'le'].filter(Boolean).join(', ')}) (rate(twinleg_tick_to_commit_seconds_bucket{${of}}[5m]))) > 0.25`,
      ),
      for: '5m',
    },
  },
  CPU_HIGH: {
    severity: 'P2',
    title: 'The process uses a whole core',
    condition: 'more than 90 % of a core for 10 min',
    source: 'alertmanager',
    action: 'Trade fewer symbols, or find out what else the process does: `npm run bench -- profile` names costs.',
    lasts: 'condition',
    prometheus: { expr: 'twinleg_cpu_usage_percent > 90', for: '10m' },
  },
  MEMORY_HIGH: {
    severity: 'P2',
    title: 'The process uses much memory',
    condition: 'more than 1.5 GB resident for 10 min',
    source: 'alertmanager',
    action: 'Restart it at a quiet moment: a stop leaves positions open and the next start goes on with them.',
    lasts: 'condition',
    prometheus: { expr: 'twinleg_memory_usage_bytes > 1.5e9', for: '10m' },
  },
  SNAPSHOT_SAVE_FAILED: {
    severity: 'P2',
    title: 'A snapshot could not be saved',
    condition: 'a snapshot failed, on schedule or at the stop; trading goes on, but the newest one grows old',
    source: 'snapshot',
    action: 'Free space or mend permissions of the data directory, then run `npx twinleg snapshot save FILE`.',
    lasts: 'condition',
    prometheus: { expr: risen('snapshot_save_total', 'result="failed"', '15m', '> 0'), for: '0s' },
  },
  DISK_FILLING: {
    severity: 'P3',
    title: 'The disk is filling',
    condition: 'less than four times store.minFreeBytes is free',
    source: 'metric',
    action: 'Free space, lower history.keepDays, or move recordings away, before entries stop.',
    lasts: 'condition',
    prometheus: null,
  },
  TRADING_HELD: {
    severity: 'P3',
    title: 'Trading has been held for an hour',
    condition: 'the trading state is not ACTIVE for an hour',
    source: 'alertmanager',
    action: 'See `npx twinleg status` for who holds it, and `npx twinleg resume` if that was you.',
    lasts: 'condition',
    prometheus: { expr: 'twinleg_trading_state{state="ACTIVE"} == 0', for: '1h' },
  },
  CONFIG_REJECTED: {
    severity: 'P3',
    title: 'A changed configuration is faulty',
    condition: 'a configuration that was changed while running has faults',
    source: 'log',
    action: 'Mend the keys named. The configuration before it stays in force.',
    lasts: 'condition',
    prometheus: null,
  },
  CONFIG_WARNING: {
    severity: 'P3',
    title: 'The configuration is unlikely to be meant',
    condition: 'a run started with a value that is allowed and unlikely',
    source: 'log',
    action: 'Look at the keys named with `npx twinleg config show`.',
    lasts: 'event',
    prometheus: null,
  },
} as const satisfies Record<string, AlertSpec>;
