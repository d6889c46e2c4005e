import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSqliteCloudStore } from '#adapters/store/sqlite/cloud.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { PairClock } from '#core/engine/desk.ts';
import { isBetweenStates } from '#core/execution/types.ts';
import { NO_UPKEEP } from '../../support/cloud/upkeep.ts';
import { positionSteps, request } from '../../support/contract/store.ts';

/** A stage whose state is a database in memory, and what the sweep says and sends. */
function setUp() {
  const database = openDatabase(':memory:', { mode: 'paper', source: 'simulator' }, false);
  const store = createSqliteCloudStore(database);
  const wound: PairClock[] = [];
  const raised: Alert[] = [];
  const sweep = () =>
    housekeep({
      store,
      wind: async (clock) => void wound.push(clock),
      log: () => {},
      now: () => 1_700_000_100_000,
      alerts: { alert: (alert) => void raised.push(alert), fault: () => {}, flush: async () => {} },
      openAlerts: async () => [],
      gatewayStatus: async () => null,
      flush: async () => {},
      upkeep: NO_UPKEEP,
    });
  return { database, store, wound, raised, sweep };
}

test('each pair between states gets its clock again, whatever became of the message that it had; one at rest needs none', async () => {
  const { database, store, wound, sweep } = setUp();
  const expected: PairClock[] = [];
  for (let i = 0; i < positionSteps; i++) {
    assert.equal((await store.commit(request(i))).ok, true);
    const { pair, next } = request(i).transition;
    if (isBetweenStates(pair)) expected.push({ symbol: pair.symbol, positionId: pair.id, version: next.version });
    assert.equal((await sweep()).swept, isBetweenStates(pair) ? 1 : 0, pair.state);
  }
  assert.ok(expected.length >= 3 && expected.length < positionSteps);
  assert.deepEqual(wound, expected);
  database.close();
});

test('reservations that match no position hold entries back, with an alert, until they match again', async () => {
  const { database, store, raised, sweep } = setUp();
  assert.equal((await store.commit(request(0))).ok, true);
  assert.equal((await sweep()).mismatch, null);
  const { usdt } = request(0).transition.exposure!;
  const reserve = (total: string) => database.db.prepare('UPDATE exposure SET total_usdt = ?').run(total);
  reserve('12');
  assert.ok((await sweep()).mismatch !== null);
  assert.equal((await store.control()).tradingState, 'REDUCE_ONLY');
  assert.deepEqual(
    raised.map(({ code }) => code),
    ['RECONCILE_MISMATCH'],
  );
  reserve(usdt);
  assert.equal((await sweep()).mismatch, null);
  assert.equal((await store.control()).tradingState, 'ACTIVE');
  database.close();
});
