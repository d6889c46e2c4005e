import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import { positionSteps, request } from './store.ts';

/** What many writers over a network rely on beside the store itself; `open` gives a fresh one, and another writer of it. */
export function cloudStoreContract(
  name: string,
  open: () => Promise<{ readonly store: CloudStore; readonly other: CloudStore }>,
): void {
  describe(`cloud store: ${name}`, () => {
    test('a decision on a tick of a gateway that was replaced since the read is refused by the write itself', async () => {
      const { store, other } = await open();
      const first = (await store.lease.take('first', null))!;
      const { epochs } = await store.read('BTC/USDT');
      assert.equal(epochs.gateway, request(0).transition.next.epoch, 'at the read it is the one that sends');
      await other.lease.take('second', first);
      const answer = await store.commit(request(0));
      assert.ok(!answer.ok && answer.conflict === 'state' && answer.state.version === 0);
      const { symbols, exposure } = await other.load();
      assert.deepEqual([symbols, exposure.positions], [[], 0]);
      assert.equal((await other.read('BTC/USDT')).epochs.gateway, 2);
    });

    test('what the replaced gateway had opened is brought to its next state all the same, and not closed by its ticks', async () => {
      const { store, other } = await open();
      const first = (await store.lease.take('first', null))!;
      assert.equal((await store.commit(request(0))).ok, true);
      await other.lease.take('second', first);
      const isOfTick = (i: number) => request(i).transition.decidedOnTick;
      let i = 1;
      for (; i < positionSteps && !isOfTick(i); i++) assert.equal((await store.commit(request(i))).ok, true);
      assert.ok(i > 1 && i < positionSteps, 'an exit is decided');
      const answer = await store.commit(request(i));
      assert.ok(!answer.ok && answer.conflict === 'state' && answer.state.version === i);
    });

    test('of two who saw the same lease one takes it; who lost it can neither renew nor give it back', async () => {
      const { store, other } = await open();
      const takers = await Promise.all([store.lease.take('a', null), other.lease.take('b', null)]);
      const [held] = takers.filter((taken) => taken !== null);
      assert.equal(takers.filter((taken) => taken !== null).length, 1);
      assert.deepEqual(await other.lease.read(), held);
      const renewed = (await store.lease.renew(held!))!;
      assert.equal(renewed.epoch, held!.epoch);
      assert.equal(await other.lease.take('late', held!), null, 'it was seen before it showed life');
      const next = (await other.lease.take('next', renewed))!;
      assert.equal(next.epoch, renewed.epoch + 1);
      assert.deepEqual([await store.lease.renew(renewed), await store.lease.release(renewed)], [null, null]);
      assert.deepEqual(await store.lease.read(), next);
      assert.equal((await other.lease.release(next))?.released, true);
    });

    test('the configuration’s epoch grows with another version, and not with the same', async () => {
      const { store, other } = await open();
      const epochs: number[] = [];
      for (const [writer, version] of [
        [store, 'v1'],
        [other, 'v1'],
        [other, 'v2'],
        [store, 'v1'],
      ] as const)
        epochs.push(await writer.publishConfiguration(version));
      assert.deepEqual(epochs, [1, 1, 2, 3]);
      assert.equal((await other.readInterest([])).epochs.configuration, 3);
    });

    test('the first answer of a venue is the one that is kept', async () => {
      const { store, other } = await open();
      assert.equal(await store.venueOrders.get('o1'), undefined);
      assert.equal(await store.venueOrders.keep('o1', null), null);
      const execution = { atMs: 1, quantity: '1', amount: '2', fee: '0', feeAsset: 'USDT', fxBid: '1', fxAsk: '1' };
      assert.equal(await other.venueOrders.keep('o1', execution), null);
      assert.deepEqual(await other.venueOrders.get('o1'), { execution: null });
    });
  });
}
