import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decimal } from '#core/market/money.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import type { CommitRequest, Store } from '#core/ports/store.ts';
import { roundTrip } from '../round-trip.ts';

/** What every implementation of the store does, whether it answers at once or over a network. */
type AnyStore = Pick<CloudStore, keyof Store>;

export interface OpenedStore {
  store: AnyStore;
  /** The same store after a crash. */
  reopen(): Promise<AnyStore>;
}

/** A store that answers at once, as one that promises. */
export function promised(store: Store): AnyStore {
  return {
    load: async () => store.load(),
    commit: async (request) => store.commit(request),
    seedBalances: async (balances) => store.seedBalances(balances),
    record: async (decisions, alerts) => store.record(decisions, alerts),
    control: async () => store.control(),
    changeControl: async (change) => store.changeControl(change),
    hold: async (request) => store.hold(request),
    putControl: async (control) => store.putControl(control),
  };
}

const transitions = roundTrip();
/** How many commits a whole position takes. */
export const positionSteps = transitions.length;

const caps = {
  maxTotalExposureUsdt: decimal(2000),
  maxVenueExposureUsdt: null,
  maxDirectionExposureUsdt: null,
  maxOpenPositions: 10,
  maxEntriesPerMinute: 30,
};
/** The commit of the position's i-th step. */
export const request = (i: number, change: Partial<CommitRequest> = {}): CommitRequest => ({
  ordinal: i + 1,
  expectedVersion: i,
  controlVersion: 0,
  caps,
  transition: transitions[i]!,
  ...change,
});

/** Every implementation of the port passes this suite; `open` gives a fresh one. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`store: ${name}`, () => {
    test('a whole position, each step surviving a reopening, ends with nothing reserved', async () => {
      const opened = await open();
      let { store } = opened;
      for (const [i, transition] of transitions.entries()) {
        assert.equal((await store.commit(request(i))).ok, true);
        store = await opened.reopen();
        assert.deepEqual((await store.load()).symbols, [transition.next]);
      }
      assert.equal((await store.load()).exposure.positions, 0);
      assert.equal((await store.load()).exposure.totalUsdt, '0');
    });

    test('a duplicate delivery of any step changes nothing and says where the symbol stands', async () => {
      const { store } = await open();
      for (let i = 0; i < transitions.length; i++) {
        assert.equal((await store.commit(request(i))).ok, true);
        const before = await store.load();
        const again = await store.commit(request(i));
        assert.equal(again.ok, false);
        assert.ok(!again.ok && again.conflict === 'state' && again.state.version === i + 1);
        assert.deepEqual(await store.load(), before);
      }
    });

    test('a decision on an older tick is refused though the version matches', async () => {
      const { store } = await open();
      assert.equal((await store.commit(request(0))).ok, true);
      const first = transitions[0]!;
      const older = { ...first, next: { ...first.next, version: 2, epoch: first.next.epoch, seq: first.next.seq } };
      const answer = await store.commit(request(0, { expectedVersion: 1, transition: older }));
      assert.ok(!answer.ok && answer.conflict === 'state');
    });

    test('a reservation that would break a cap is refused whole', async () => {
      const { store } = await open();
      const tight = { ...caps, maxTotalExposureUsdt: decimal(transitions[0]!.exposure!.usdt).minus('0.01') };
      const answer = await store.commit(request(0, { caps: tight }));
      assert.ok(!answer.ok && answer.conflict === 'headroom');
      assert.deepEqual((await store.load()).symbols, []);
      const none = await store.commit(request(0, { caps: { ...caps, maxOpenPositions: 0 } }));
      assert.ok(!none.ok && none.conflict === 'headroom');
      const exact = { ...caps, maxTotalExposureUsdt: decimal(transitions[0]!.exposure!.usdt), maxOpenPositions: 1 };
      assert.equal((await store.commit(request(0, { caps: exact }))).ok, true);
    });

    test('the trading state is asked in the write itself', async () => {
      const { store } = await open();
      const halt = { tradingState: 'HALTED', reason: 'test', flatten: false, atMs: 1 } as const;
      const control = await store.changeControl(halt);
      assert.equal(control.version, 1);
      const answer = await store.commit(request(0));
      assert.ok(!answer.ok && answer.conflict === 'control' && answer.control.tradingState === 'HALTED');
      const known = await store.commit(request(0, { controlVersion: 1 }));
      assert.ok(!known.ok && known.conflict === 'control', 'the state itself refuses, not only what was not seen');
      await store.changeControl({ ...halt, tradingState: 'ACTIVE' });
      for (const controlVersion of [0, 1]) {
        const stale = await store.commit(request(0, { controlVersion }));
        assert.ok(
          !stale.ok && stale.conflict === 'control',
          'a version that moved is a conflict even where the state allows',
        );
      }
      assert.equal((await store.commit(request(0, { controlVersion: 2 }))).ok, true);
    });

    test('a hold needs the control as it was, joins the others, and brings its records with it', async () => {
      const { store } = await open();
      const hold = (code: string, holds: boolean, controlVersion: number) =>
        store.hold({
          ordinal: 1,
          controlVersion,
          change: { code, holds, reason: code, atMs: 7 },
          decisions: [],
          alerts: [],
        });
      assert.equal((await hold('DAILY_LOSS', true, 0)).control.setBy, 'DAILY_LOSS');
      const stale = await hold('DISK_FULL', true, 0);
      assert.ok(!stale.ok && stale.control.version === 1, 'nothing is written over what was not seen');
      assert.equal((await hold('DISK_FULL', true, 1)).ok, true);
      await store.changeControl({ tradingState: 'ACTIVE', reason: 'test', flatten: false, atMs: 8 });
      assert.equal(
        (await store.control()).tradingState,
        'REDUCE_ONLY',
        'the operator lifts nothing that a guard holds',
      );
      assert.equal((await hold('DAILY_LOSS', false, 3)).control.setBy, 'DISK_FULL');
      assert.equal((await hold('DISK_FULL', false, 4)).control.tradingState, 'ACTIVE');
    });

    test('a commit counts its entry and its result, once each', async () => {
      const { store } = await open();
      for (let i = 0; i < transitions.length; i++) {
        await store.commit(request(i));
        await store.commit(request(i));
      }
      const { tally, symbols } = await store.load();
      assert.deepEqual(tally.entriesAtMs, [1_700_000_000_010]);
      assert.equal(tally.pnlUsdt, tally.dayPnlUsdt);
      assert.equal(tally.pnlUsdt, symbols[0]!.losses.dayPnlUsdt);
      assert.ok(Number(tally.pnlUsdt) !== 0);
    });

    test('an entry beyond the number of the minute is refused in the write, with nothing of it written', async () => {
      const { store } = await open();
      const full = await store.commit(request(0, { caps: { ...caps, maxEntriesPerMinute: 0 } }));
      assert.ok(!full.ok && full.conflict === 'pace');
      assert.deepEqual([(await store.load()).symbols, (await store.load()).exposure.positions], [[], 0]);
      const one = { ...caps, maxEntriesPerMinute: 1 };
      for (let i = 0; i < transitions.length; i++)
        assert.equal((await store.commit(request(i, { caps: one }))).ok, true);
      const version = transitions.length;
      const next = (entryAtMs: number) => {
        const { tally: _tally, ...first } = transitions[0]!;
        const state = { ...first.next, version: version + 1, seq: 9e6 };
        const tally = { kind: 'entry', atMs: entryAtMs } as const;
        return request(0, { expectedVersion: version, caps: one, transition: { ...first, next: state, tally } });
      };
      const [firstMs] = (await store.load()).tally.entriesAtMs;
      const answer = await store.commit(next(firstMs! + 59_999));
      assert.ok(!answer.ok && answer.conflict === 'pace' && answer.tally.entriesAtMs.length === 1);
      const late = await store.commit(next(firstMs! - 100_000));
      assert.ok(
        !late.ok && late.conflict === 'pace',
        'a tick of before shares the minute of what was written before it',
      );
      assert.equal((await store.commit(next(firstMs! + 60_000))).ok, true);
    });

    test('first balances are given once', async () => {
      const { store } = await open();
      await store.seedBalances([{ venue: 'binance', asset: 'USDT', quantity: '5000', valueUsdt: '5000.5' }]);
      await store.seedBalances([{ venue: 'binance', asset: 'USDT', quantity: '9', valueUsdt: '9' }]);
      const { balances, firstBalances } = await store.load();
      assert.deepEqual(balances, { 'binance:USDT': '5000' });
      assert.deepEqual(firstBalances, { 'binance:USDT': { quantity: '5000', valueUsdt: '5000.5' } });
    });
  });
}
