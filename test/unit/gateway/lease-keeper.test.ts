import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { LeaseKeeper } from '#adapters/store/lease-keeper.ts';
import type { LeaseRecord, LeaseStore } from '#core/ports/cloud-store.ts';
import { until } from '../../support/until.ts';

const TIMING = { leaseMs: 150, renewMs: 20, pollMs: 10 };
const keepers: LeaseKeeper[] = [];
after(async () => {
  await Promise.all(keepers.map((keeper) => keeper.stop()));
});

/** The lease's record with its conditions; `fault` is asked before (`ask`) and after (`answer`) each call. */
function leaseRecord(fault: (holder: string, when: 'ask' | 'answer') => void = () => {}) {
  let record: LeaseRecord | null = null;
  const write = (seen: LeaseRecord | null, next: LeaseRecord): LeaseRecord | null => {
    fault(next.holder, 'ask');
    const isAsSeen = JSON.stringify(seen) === JSON.stringify(record);
    if (isAsSeen) record = next;
    fault(next.holder, 'answer');
    return isAsSeen ? next : null;
  };
  const store: LeaseStore = {
    read: async () => record,
    take: async (holder, seen) => write(seen, { epoch: (seen?.epoch ?? 0) + 1, holder, beat: 0, released: false }),
    renew: async (held) => write(held, { ...held, beat: held.beat + 1 }),
    release: async (held) => write(held, { ...held, beat: held.beat + 1, released: true }),
  };
  return { store, record: () => record };
}

function keeperOf(lease: LeaseStore, holder: string) {
  const told: string[] = [];
  const keeper = new LeaseKeeper({
    lease,
    holder,
    timing: TIMING,
    leads: (epoch) => told.push(`leads ${epoch}`),
    lost: () => told.push('lost'),
    failed: (error) => told.push(error instanceof Error ? error.message : 'failed'),
  });
  keepers.push(keeper);
  keeper.start();
  return { keeper, told };
}

test('one leads, the other waits; a lease that is given back is taken at once with the next epoch', async () => {
  const { store } = leaseRecord();
  const first = keeperOf(store, 'first');
  await until('the first leads', () => first.keeper.epoch === 1);
  const second = keeperOf(store, 'second');
  await until('the first leads', () => first.keeper.epoch === 1);
  assert.equal(second.keeper.epoch, null);
  await first.keeper.stop();
  await until('the second leads', () => second.keeper.epoch === 2);
  assert.deepEqual(first.told, ['leads 1']);
});

test('who shows no life is replaced, and learns it when it wakes', async () => {
  const asleep = new Set<string>();
  const { store, record } = leaseRecord((holder, when) => {
    if (when === 'ask' && asleep.has(holder)) throw new Error('away');
  });
  const first = keeperOf(store, 'first');
  await until('the first leads', () => first.keeper.epoch === 1);
  const second = keeperOf(store, 'second');
  asleep.add('first');
  await until('the second leads', () => second.keeper.epoch === 2);
  assert.equal(first.keeper.epoch, 1, 'without the store it cannot know');
  asleep.clear();
  await until('the first learns it', () => first.keeper.epoch === null);
  assert.equal(first.told.at(-1), 'lost');
  assert.equal(record()?.holder, 'second');
});

test('a renewal or a taking whose answer was lost is found again: nobody gives up what it holds', async () => {
  let losses = 0;
  const { store, record } = leaseRecord((_holder, when) => {
    if (when === 'answer' && losses++ < 3) throw new Error('the answer was lost');
  });
  const first = keeperOf(store, 'first');
  await until('the first goes on leading', () => first.keeper.epoch === 1 && (record()?.beat ?? 0) > 5);
  assert.ok(!first.told.includes('lost'));
  assert.ok(losses > 3);
});

test('stopped while it takes the lease, it leads no more and gives the lease back', async () => {
  const { store, record } = leaseRecord();
  let taking: (() => void) | null = null;
  const slow: LeaseStore = {
    ...store,
    async take(holder, seen) {
      const taken = await store.take(holder, seen);
      await new Promise<void>((resolve) => {
        taking = resolve;
      });
      return taken;
    },
  };
  const first = keeperOf(slow, 'first');
  await until('it takes', () => taking !== null);
  const stopped = first.keeper.stop();
  taking!();
  await stopped;
  assert.deepEqual([first.told, record()?.released], [[], true]);
});
