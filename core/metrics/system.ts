import { VENUES } from '../market/types.ts';
import { ERROR_CODES, FEED_EVENTS, FRAME_KINDS, PUSH_RESULTS, QUEUES, RESULTS } from './labels.ts';
import { counter, gauge, histogram } from './spec.ts';

const COMPUTING_SECONDS = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const ROUND_TRIP_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const longLived = ['run', 'gateway'] as const;
const committing = ['run', 'function'] as const;
const everywhere = ['run', 'gateway', 'function', 'messenger'] as const;

/** The process itself, its connections, its store and its queues. */
export const SYSTEM_METRICS = {
  snapshotSaves: counter('snapshot_save_total', {
    unit: 'events',
    help: 'Snapshots by whether they were saved.',
    labels: { result: RESULTS },
    sources: longLived,
  }),
  snapshotRestores: counter('snapshot_restore_total', {
    unit: 'events',
    help: 'Times that this store came out of a snapshot.',
    labels: { result: RESULTS },
    sources: longLived,
  }),
  errors: counter('errors_total', {
    unit: 'events',
    help: 'Failures that were survived, by code.',
    labels: { code: ERROR_CODES },
    sources: everywhere,
  }),
  ticks: counter('ticks_total', { unit: 'events', help: 'Joined ticks.', labels: {}, sources: longLived }),
  frames: counter('ws_frames_total', {
    unit: 'events',
    help: 'Frames received, by what they were.',
    labels: { venue: VENUES, kind: FRAME_KINDS },
    sources: longLived,
  }),
  feedEvents: counter('ws_events_total', {
    unit: 'events',
    help: 'What happened to the connections.',
    labels: { venue: VENUES, event: FEED_EVENTS },
    sources: longLived,
  }),
  connected: gauge('ws_connected', {
    unit: 'flag',
    help: '1 while the venue delivers data.',
    labels: { venue: VENUES },
    sources: longLived,
  }),
  lastFrameAge: gauge('ws_last_frame_age_seconds', {
    unit: 'seconds',
    help: 'Age of the last message.',
    labels: { venue: VENUES },
    sources: longLived,
  }),
  wsLatency: histogram('ws_latency_seconds', {
    unit: 'seconds',
    help: 'Round trip of a ping.',
    labels: { venue: VENUES },
    sources: longLived,
    buckets: ROUND_TRIP_SECONDS,
  }),
  loopLatency: histogram('loop_latency_seconds', {
    unit: 'seconds',
    help: 'From a frame’s or tick’s receipt to its decision: our own computing.',
    labels: {},
    sources: ['run', 'gateway', 'function'],
    buckets: COMPUTING_SECONDS,
  }),
  tickToCommit: histogram('tick_to_commit_seconds', {
    unit: 'seconds',
    help: 'From a frame’s receipt to its commit; in the cloud the transit counts too.',
    labels: {},
    sources: committing,
    buckets: COMPUTING_SECONDS,
  }),
  storeCommit: histogram('store_commit_seconds', {
    unit: 'seconds',
    help: 'Round trip of a commit to the store.',
    labels: {},
    sources: committing,
    buckets: COMPUTING_SECONDS,
  }),
  storeUp: gauge('store_up', {
    unit: 'flag',
    help: '1 while the store answers.',
    labels: {},
    sources: longLived,
  }),
  diskFree: gauge('disk_free_bytes', {
    unit: 'bytes',
    help: 'Free space where the data lies.',
    labels: {},
    sources: ['run'],
  }),
  clockSkew: gauge('clock_skew_seconds', {
    unit: 'seconds',
    help: 'This machine’s clock less Binance’s.',
    labels: {},
    sources: longLived,
  }),
  queueMessages: gauge('queue_messages', {
    unit: 'messages',
    help: 'Messages that wait, by kind of queue.',
    labels: { queue: QUEUES },
    sources: longLived,
  }),
  pushes: counter('metrics_pushes_total', {
    unit: 'events',
    help: 'Sendings of metrics by OTLP, by what became of them; what was not sent goes with the next.',
    labels: { result: PUSH_RESULTS },
    sources: everywhere,
  }),
  cpu: gauge('cpu_usage_percent', {
    unit: 'percent',
    help: 'CPU time of this process over the last second, of one core.',
    labels: {},
    sources: longLived,
  }),
  memory: gauge('memory_usage_bytes', {
    unit: 'bytes',
    help: 'Resident memory of this process.',
    labels: {},
    sources: everywhere,
  }),
  uptime: gauge('uptime_seconds', {
    unit: 'seconds',
    help: 'Since this process began.',
    labels: {},
    sources: longLived,
  }),
} as const;
