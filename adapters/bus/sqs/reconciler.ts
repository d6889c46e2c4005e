import { errorName, QUEUE_GONE } from './errors.ts';
import type { createQueueControl, FoundMapping } from './queue-control.ts';
import type { Routing } from './routing.ts';

export type QueueControl = ReturnType<typeof createQueueControl>;

/** What one reconcile did, by queue name; what is `pending` needs another one, what `failed` too. */
export interface Reconciled {
  readonly created: string[];
  readonly mapped: string[];
  readonly unmapped: string[];
  readonly deleted: string[];
  /** Cannot be done yet: a name that is free only a minute after its queue was deleted, a mapping still on its way. */
  readonly pending: string[];
  readonly failed: { readonly queue: string; readonly code: string }[];
}

/** Errors that pass by themselves. */
const NOT_YET = new Set(['QueueDeletedRecently', 'ResourceInUseException', 'ResourceConflictException', QUEUE_GONE]);

/**
 * Brings queues and event source mappings to what the symbols need, from whatever is there: it compares, and remembers
 * nothing, so that twice the same changes nothing and what a crash left half-done is done by the next. A queue is made
 * before its mapping and removed after it; only what this reconciler made, in this stage, is ever removed.
 */
export async function reconcile(
  symbols: readonly string[],
  routing: Routing,
  control: QueueControl,
): Promise<Reconciled> {
  const result: Reconciled = { created: [], mapped: [], unmapped: [], deleted: [], pending: [], failed: [] };
  const [queues, mappings] = [await control.queues(), await control.mappings()];
  const wanted = routing.tickQueues(symbols);
  const byQueue = new Map<string, FoundMapping[]>();
  for (const mapping of mappings) byQueue.set(mapping.queue, [...(byQueue.get(mapping.queue) ?? []), mapping]);

  /** One queue's trouble is no other's. */
  async function attempt(queue: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const code = errorName(error);
      if (NOT_YET.has(code)) result.pending.push(queue);
      else result.failed.push({ queue, code });
    }
  }

  for (const queue of wanted) {
    await attempt(queue, async () => {
      let url = queues.get(queue);
      if (url === undefined) {
        url = await control.createQueue(queue);
        result.created.push(queue);
      }
      const [first, ...more] = byQueue.get(queue) ?? [];
      if (first === undefined) {
        await control.createMapping(url);
        result.mapped.push(queue);
      } else if (first.state === 'Deleting') result.pending.push(queue);
      for (const { id } of more) {
        await control.deleteMapping(id);
        result.unmapped.push(queue);
      }
    });
  }

  const keep = new Set(wanted);
  for (const queue of new Set([...byQueue.keys(), ...queues.keys()])) {
    if (keep.has(queue)) continue;
    await attempt(queue, async () => {
      const url = queues.get(queue);
      if (url !== undefined && !(await control.isManaged(url))) return;
      for (const { id, state } of byQueue.get(queue) ?? []) {
        if (state === 'Deleting') continue;
        await control.deleteMapping(id);
        result.unmapped.push(queue);
      }
      if (url === undefined) return;
      await control.deleteQueue(url);
      result.deleted.push(queue);
    });
  }
  return result;
}
