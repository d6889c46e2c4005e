import { UNSENT } from '../gateway/interest.ts';
import { GUARDS, STANDING_GUARDS } from '../guards/index.ts';
import { MALFORMED_KINDS } from '../market/mapping.ts';

/** Values of labels that are no vocabulary of another part already. */
export const TRADING_STATES = ['ACTIVE', 'REDUCE_ONLY', 'HALTED'] as const;
export const DIRECTIONS = ['SELL_UPBIT', 'SELL_BINANCE'] as const;
export const DECISIONS = ['ENTER', 'EXIT', 'EXPIRED'] as const;
export const CONFLICTS = ['control', 'state', 'headroom', 'pace', 'given_up'] as const;
export const RESULTS = ['ok', 'failed'] as const;
/** `late`: whoever asked for the sending went on before it was answered. */
export const PUSH_RESULTS = ['sent', 'failed', 'late'] as const;
export const GUARD_CODES = GUARDS.map(({ code }) => code);
export const STANDING_GUARD_CODES = STANDING_GUARDS.map(({ code }) => code);

/** Failures that are told apart; any other counts as OTHER, so that no message becomes a series. */
export const ERROR_CODES = [
  'INTERNAL',
  'STORE_BUSY',
  'STORE_FAILED',
  'STORE_CORRUPT',
  'STORE_TIMEOUT',
  'STORE_UNREADABLE',
  'STORE_UNREACHABLE',
  'STORE_AWAY',
  'DISK_FULL',
  'QUEUE_FAILED',
  'NOTIFY_FAILED',
  'OTHER',
] as const;

/** What can become of an order. */
export const ORDER_RESULTS = ['filled', 'partial', 'empty', 'unknown'] as const;

/** Every kind under which a frame can be counted. */
export const FRAME_KINDS = [
  'quote',
  'fx',
  'control',
  'foreign',
  'error',
  ...Object.values(MALFORMED_KINDS).map((kind) => `malformed_${kind}`),
];

/** What can happen to a venue's feed. */
export const FEED_EVENTS = [
  'connected',
  'disconnected',
  'dialFailed',
  'stale',
  'silentSymbol',
  'renewed',
  'shutdownNotice',
  'venueError',
] as const;

/** Kinds of queues: ticks in the gateway that wait for theirs, work in a run that goes on with a pair. */
export const QUEUES = ['ticks', 'work'] as const;

/** Why the gateway did not send a tick: it could change no decision, or it should have been sent and was not. */
export const UNSENT_REASONS = ['not_interesting', ...UNSENT] as const;

/** Why a message was laid aside. */
export const DEAD_LETTER_REASONS = ['malformed', 'unknown_version', 'unknown_symbol', 'too_old', 'failed'] as const;

export const FUNCTIONS = [
  'evaluate',
  'execute',
  'housekeep',
  'universe',
  'notify',
  'telegram',
  'alertmanager',
] as const;

/** What can become of a message to the operator, of a call of the alerts' webhook, of an operator's command. */
export const MESSAGE_RESULTS = ['sent', 'failed', 'unknown', 'limited', 'refused'] as const;
export const WEBHOOK_RESULTS = ['accepted', 'unsigned', 'forged', 'malformed'] as const;
export const COMMAND_RESULTS = ['answered', 'confirmed', 'failed', 'unknown', 'refused', 'late', 'duplicate'] as const;

/** What can become of asking for operators' commands: `conflict` means that another program asks for them too. */
export const COMMAND_POLLS = ['ok', 'conflict', 'unauthorized', 'failed'] as const;
