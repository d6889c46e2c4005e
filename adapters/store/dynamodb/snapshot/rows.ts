import type { DecisionRecord } from '#core/engine/state.ts';
import type { AskedCommand } from '#core/ports/operator.ts';
import type { Database } from '../../sqlite/database.ts';
import type { Insert } from '../../sqlite/import.ts';
import { BEGUN } from '../../sqlite/operator-log.ts';
import { bodyOf, type Item, numberOf, textOf } from '../items.ts';
import { SINGLE_BODIES, type Single } from './singles.ts';

export function insertDecision({ keys }: Database, insert: Insert, item: Item): void {
  const record = bodyOf<DecisionRecord>(item);
  insert('decision', {
    key: keys.decision(record.symbol, record.id),
    symbol: record.symbol,
    at_ms: record.atMs,
    decision: record.decision,
    code: record.code,
    body: JSON.stringify(record),
  });
}

export function insertTrigger({ keys }: Database, insert: Insert, item: Item): void {
  const [symbol, guard] = [textOf(item, 'symbol'), textOf(item, 'guard')];
  insert('guard_trigger', {
    key: keys.trigger(symbol, guard),
    symbol,
    guard,
    count: numberOf(item, 'triggered') ?? 0,
    last_at_ms: numberOf(item, 'lastAtMs') ?? 0,
  });
}

export function insertVenueOrder({ keys }: Database, insert: Insert, item: Item): void {
  const execution = bodyOf<unknown>(item);
  insert('venue_order', {
    key: keys.venueOrder(textOf(item, 'sk')),
    body: execution === null ? null : JSON.stringify(execution),
  });
}

export function insertRun({ keys }: Database, insert: Insert, item: Item): void {
  const epoch = Number(textOf(item, 'sk'));
  insert('run', {
    key: keys.run(epoch),
    epoch,
    started_at_ms: numberOf(item, 'startedAtMs') ?? 0,
    last_event_ms: numberOf(item, 'lastEventMs') ?? 0,
    stopped_at_ms: numberOf(item, 'stoppedAtMs') ?? null,
    config_version: textOf(item, 'configVersion'),
  });
}

export function insertCommand({ keys }: Database, insert: Insert, item: Item): void {
  const { id, atMs, chat, sender, text } = bodyOf<AskedCommand>(item);
  insert('operator_command', {
    key: keys.command(id),
    id,
    at_ms: atMs,
    chat,
    sender,
    text,
    outcome: item.outcome?.S ?? BEGUN,
  });
}

/** An item of which there is one, with the version that it has. */
export function insertSingle({ keys }: Database, insert: Insert, kind: Single, item: Item): void {
  const stored = bodyOf<object>(item);
  const body = JSON.stringify(SINGLE_BODIES[kind]?.toLocal(stored) ?? stored);
  insert('item', { key: keys[kind](), version: numberOf(item, 'version') ?? 1, body, expires_at_ms: null });
}
