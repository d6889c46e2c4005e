import { INTERESTS } from '../gateway/interest.ts';
import { DEAD_LETTER_REASONS, FUNCTIONS, RESULTS, UNSENT_REASONS } from './labels.ts';
import { counter, gauge, histogram } from './spec.ts';

const TRANSIT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30];

/** What only the cloud wiring has: ticks on queues, functions, the gateway's lease. */
export const CLOUD_METRICS = {
  ticksSent: counter('ticks_sent_total', {
    unit: 'events',
    help: 'Ticks that the gateway gave to a queue, by why.',
    labels: { reason: INTERESTS },
    sources: ['gateway'],
  }),
  ticksFiltered: counter('ticks_filtered_total', {
    unit: 'events',
    help: 'Ticks that the gateway kept back, by reason.',
    labels: { reason: UNSENT_REASONS },
    sources: ['gateway'],
  }),
  leader: gauge('gateway_leader', {
    unit: 'flag',
    help: '1 while this gateway holds the lease, and so may send ticks.',
    labels: {},
    sources: ['gateway'],
  }),
  invocations: counter('function_invocations_total', {
    unit: 'events',
    help: 'Invocations of functions by how they ended.',
    labels: { function: FUNCTIONS, result: RESULTS },
    sources: ['function', 'messenger'],
  }),
  invocationSeconds: histogram('function_duration_seconds', {
    unit: 'seconds',
    help: 'Duration of an invocation.',
    labels: { function: FUNCTIONS },
    sources: ['function', 'messenger'],
    buckets: TRANSIT_SECONDS,
  }),
  tickTransit: histogram('tick_transit_seconds', {
    unit: 'seconds',
    help: 'From the gateway’s sending of a tick to the function’s receipt.',
    labels: {},
    sources: ['function'],
    buckets: TRANSIT_SECONDS,
  }),
  deadLetters: counter('dead_letters_total', {
    unit: 'messages',
    help: 'Messages that were laid aside or dropped, by reason.',
    labels: { reason: DEAD_LETTER_REASONS },
    sources: ['function', 'messenger'],
  }),
} as const;
