import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Database, openDatabase } from '#adapters/store/sqlite/database.ts';
import { importState } from '#adapters/store/sqlite/import.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { decimal } from '#core/market/money.ts';
import type { CommitRequest, Store } from '#core/ports/store.ts';
import { roundTrip } from '../support/round-trip.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-store-'));
after(() => rmSync(folder, { recursive: true }));

/** Every implementation of the port passes this suite; `open` gives a fresh one, `reopen` the same one after a crash. */
const IMPLEMENTATIONS = [{ name: 'sqlite', open: openSqlite }];

interface Opened {
  store: Store;
  reopen(): Store;
}

let files = 0;
function openSqlite(): Opened {
  const file = join(folder, `${files++}.sqlite`);
  let database: Database = openDatabase(file, { mode: 'paper', source: 'simulator' }, false);
  return {
    store: createSqliteStore(database),
    reopen() {
      database.close();
      database = openDatabase(file, { mode: 'paper', source: 'simulator' }, false);
      return createSqliteStore(database);
    },
  };
}

const transitions = roundTrip();
const caps = {
  maxTotalExposureUsdt: decimal(2000),
  maxVenueExposureUsdt: null,
  maxDirectionExposureUsdt: null,
  maxOpenPositions: 10,
  maxEntriesPerMinute: 30,
};
const request = (i: number, change: Partial<CommitRequest> = {}): CommitRequest => ({
  ordinal: i + 1,
  expectedVersion: i,
  controlVersion: 0,
  caps,
  transition: transitions[i]!,
  ...change,
});

for (const { name, open } of IMPLEMENTATIONS) {
  describe(`store: ${name}`, () => {
    test('a whole position, each step surviving a reopening, ends with nothing reserved', () => {
      const opened = open();
      let { store } = opened;
      for (const [i, transition] of transitions.entries()) {
        assert.equal(store.commit(request(i)).ok, true);
        store = opened.reopen();
        assert.deepEqual(store.load().symbols, [transition.next]);
      }
      assert.equal(store.load().exposure.positions, 0);
      assert.equal(store.load().exposure.totalUsdt, '0');
    });

    test('a duplicate delivery of any step changes nothing and says where the symbol stands', () => {
      const { store } = open();
      for (let i = 0; i < transitions.length; i++) {
        assert.equal(store.commit(request(i)).ok, true);
        const before = store.load();
        const again = store.commit(request(i));
        assert.equal(again.ok, false);
        assert.ok(!again.ok && again.conflict === 'state' && again.state.version === i + 1);
        assert.deepEqual(store.load(), before);
      }
    });

    test('a decision on an older tick is refused though the version matches', () => {
      const { store } = open();
      assert.equal(store.commit(request(0)).ok, true);
      const first = transitions[0]!;
      const older = { ...first, next: { ...first.next, version: 2, epoch: first.next.epoch, seq: first.next.seq } };
      const answer = store.commit(request(0, { expectedVersion: 1, transition: older }));
      assert.ok(!answer.ok && answer.conflict === 'state');
    });

    test('a reservation that would break a cap is refused whole', () => {
      const { store } = open();
      const tight = { ...caps, maxTotalExposureUsdt: decimal(transitions[0]!.exposure!.usdt).minus('0.01') };
      const answer = store.commit(request(0, { caps: tight }));
      assert.ok(!answer.ok && answer.conflict === 'headroom');
      assert.deepEqual(store.load().symbols, []);
      const exact = { ...caps, maxTotalExposureUsdt: decimal(transitions[0]!.exposure!.usdt) };
      assert.equal(store.commit(request(0, { caps: exact })).ok, true);
    });

    test('the trading state is asked in the write itself', () => {
      const { store } = open();
      const halt = { tradingState: 'HALTED', reason: 'test', flatten: false, atMs: 1 } as const;
      const control = store.changeControl(halt);
      assert.equal(control.version, 1);
      const answer = store.commit(request(0));
      assert.ok(!answer.ok && answer.conflict === 'control' && answer.control.tradingState === 'HALTED');
      store.changeControl({ ...halt, tradingState: 'ACTIVE' });
      const stale = store.commit(request(0, { controlVersion: 0 }));
      assert.ok(
        !stale.ok && stale.conflict === 'control',
        'a version that moved is a conflict even where the state allows',
      );
      assert.equal(store.commit(request(0, { controlVersion: 2 })).ok, true);
    });

    test('a hold needs the control as it was, joins the others, and brings its records with it', () => {
      const { store } = open();
      const hold = (code: string, holds: boolean, controlVersion: number) =>
        store.hold({
          ordinal: 1,
          controlVersion,
          change: { code, holds, reason: code, atMs: 7 },
          decisions: [],
          alerts: [],
        });
      assert.equal(hold('DAILY_LOSS', true, 0).control.setBy, 'DAILY_LOSS');
      const stale = hold('DISK_FULL', true, 0);
      assert.ok(!stale.ok && stale.control.version === 1, 'nothing is written over what was not seen');
      assert.equal(hold('DISK_FULL', true, 1).ok, true);
      store.changeControl({ tradingState: 'ACTIVE', reason: 'test', flatten: false, atMs: 8 });
      assert.equal(store.control().tradingState, 'REDUCE_ONLY', 'the operator lifts nothing that a guard holds');
      assert.equal(hold('DAILY_LOSS', false, 3).control.setBy, 'DISK_FULL');
      assert.equal(hold('DISK_FULL', false, 4).control.tradingState, 'ACTIVE');
    });

    test('a commit counts its entry and its result, once each', () => {
      const { store } = open();
      for (let i = 0; i < transitions.length; i++) {
        store.commit(request(i));
        store.commit(request(i));
      }
      const { tally, symbols } = store.load();
      assert.deepEqual(tally.entriesAtMs, [1_700_000_000_010]);
      assert.equal(tally.pnlUsdt, tally.dayPnlUsdt);
      assert.equal(tally.pnlUsdt, symbols[0]!.losses.dayPnlUsdt);
      assert.ok(Number(tally.pnlUsdt) !== 0);
    });

    test('an entry beyond the number of the minute is refused in the write, with nothing of it written', () => {
      const { store } = open();
      const full = store.commit(request(0, { caps: { ...caps, maxEntriesPerMinute: 0 } }));
      assert.ok(!full.ok && full.conflict === 'pace');
      assert.deepEqual([store.load().symbols, store.load().exposure.positions], [[], 0]);
      const one = { ...caps, maxEntriesPerMinute: 1 };
      for (let i = 0; i < transitions.length; i++) assert.equal(store.commit(request(i, { caps: one })).ok, true);
      const version = transitions.length;
      const next = (entryAtMs: number) => {
        const { tally: _tally, ...first } = transitions[0]!;
        const state = { ...first.next, version: version + 1, seq: 9e6 };
        const tally = { kind: 'entry', atMs: entryAtMs } as const;
        return request(0, { expectedVersion: version, caps: one, transition: { ...first, next: state, tally } });
      };
      const [firstMs] = store.load().tally.entriesAtMs;
      const answer = store.commit(next(firstMs! + 59_999));
      assert.ok(!answer.ok && answer.conflict === 'pace' && answer.tally.entriesAtMs.length === 1);
      const late = store.commit(next(firstMs! - 100_000));
      assert.ok(
        !late.ok && late.conflict === 'pace',
        'a tick of before shares the minute of what was written before it',
      );
      assert.equal(store.commit(next(firstMs! + 60_000)).ok, true);
    });

    test('first balances are given once', () => {
      const { store } = open();
      store.seedBalances([{ venue: 'binance', asset: 'USDT', quantity: '5000' }]);
      store.seedBalances([{ venue: 'binance', asset: 'USDT', quantity: '9' }]);
      assert.deepEqual(store.load().balances, { 'binance:USDT': '5000' });
    });
  });
}

test('a state written into an empty store comes back equal by value', () => {
  const { store } = openSqlite();
  for (let i = 0; i < 3; i++) store.commit(request(i));
  store.changeControl({ tradingState: 'REDUCE_ONLY', reason: 'test', flatten: true, atMs: 5 });
  const copy = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  importState(copy, store.load());
  assert.deepEqual(createSqliteStore(copy).load(), store.load());
  copy.close();
});
