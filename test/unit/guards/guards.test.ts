import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { GUARDS } from '#core/guards/index.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from '../../support/machine.ts';

const BTC = 'BTC/USDT';
const T0 = 1_700_000_000_000;
const deep = 1e4;

interface Case {
  readonly raw?: object;
  readonly guardsOn?: boolean;
  /** Brings the machine to the brink before the tempting quote. */
  prepare?(t: TestMachine): void;
  /** The tempting quote's time and Upbit's bid. */
  readonly atMs?: number;
  readonly bid?: number;
}

/** Puts a wide gap before a flat symbol and tells what came of it. */
function tempt(options: Case): { entered: boolean; refusals: string[]; t: TestMachine } {
  const machineOptions: TestMachineOptions = {
    raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 0 }, ...options.raw },
    guardsOn: options.guardsOn ?? true,
  };
  const t = testMachine(machineOptions);
  t.machine.start(T0);
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
  t.quote(T0, 'upbit', BTC, [[140_000, deep]], [[140_050, deep]]);
  options.prepare?.(t);
  const bid = options.bid ?? 142_000;
  t.quote(options.atMs ?? T0 + 100, 'upbit', BTC, [[bid, deep]], [[bid + 50, deep]]);
  const decisions = createHistory(t.database).decisions(BTC, 50);
  return {
    entered: decisions.some(({ decision }) => decision === 'ENTER'),
    refusals: decisions.filter(({ decision }) => decision === 'REFUSED').map(({ code }) => code),
    t,
  };
}

const control = (tradingState: 'REDUCE_ONLY' | 'HALTED') => (t: TestMachine) =>
  t.machine.control(
    t.machine.store.changeControl({ tradingState, setBy: 'operator', reason: 'test', flatten: false, atMs: T0 }),
    T0 + 1,
  );

/** For each guard: a situation in which it refuses, and one beside it in which it lets pass. */
const CASES: Record<string, { fires: Case; passes: Case }> = {
  KILL_SWITCH: { fires: { prepare: control('REDUCE_ONLY') }, passes: {} },
  FX_STALE: {
    fires: { atMs: T0 + 2001, prepare: (t) => t.quote(T0 + 2000, 'binance', BTC, [[100, deep]], [[100.01, deep]]) },
    passes: { atMs: T0 + 2000, prepare: (t) => t.quote(T0 + 2000, 'binance', BTC, [[100, deep]], [[100.01, deep]]) },
  },
  MAX_EXPOSURE: {
    fires: { raw: { portfolio: { maxTotalExposureUsdt: 4.9 } } },
    passes: { raw: { portfolio: { maxTotalExposureUsdt: 5.1 } } },
  },
  OPEN_POSITIONS: {
    fires: {
      raw: { guards: { openPositions: { max: 1 } }, universe: { symbols: [BTC, 'ETH/USDT'] } },
      prepare: openEth,
    },
    passes: {
      raw: { guards: { openPositions: { max: 2 } }, universe: { symbols: [BTC, 'ETH/USDT'] } },
      prepare: openEth,
    },
  },
  VENUE_INVENTORY: {
    fires: { raw: balances(4.9) },
    passes: { raw: balances(5) },
  },
  MAX_POSITION: {
    fires: { raw: { strategy: { maxPositionSizeUsdt: 4.9 } } },
    passes: { raw: { strategy: { maxPositionSizeUsdt: 5.1 } } },
  },
  COOLDOWN: {
    fires: { prepare: roundTrip, atMs: T0 + 20 + 59_999 },
    passes: { prepare: roundTrip, atMs: T0 + 20 + 60_000 },
  },
  QUOTE_STALE: {
    fires: { atMs: T0 + 2500, prepare: (t) => t.fx(T0 + 2500, 1400, 1400.5) },
    passes: { atMs: T0 + 2000, prepare: (t) => t.fx(T0 + 2000, 1400, 1400.5) },
  },
  SPREAD_INSANE: { fires: { bid: 150_000 }, passes: { bid: 146_000 } },
};

function balances(coins: number): object {
  return { paper: { latencyMs: 0, balances: { binance: { USDT: 1e6, BTC: 10 }, upbit: { KRW: 1e9, BTC: coins } } } };
}

function openEth(t: TestMachine): void {
  t.quote(T0 + 1, 'binance', 'ETH/USDT', [[50, deep]], [[50.01, deep]]);
  t.quote(T0 + 2, 'upbit', 'ETH/USDT', [[71_000, deep]], [[71_010, deep]]);
}

/** Opens at T0 + 10, closes at T0 + 20, and keeps the quotes fresh for later. */
function roundTrip(t: TestMachine): void {
  t.quote(T0 + 10, 'upbit', BTC, [[142_000, deep]], [[142_050, deep]]);
  t.quote(T0 + 20, 'upbit', BTC, [[139_990, deep]], [[140_000, deep]]);
  t.fx(T0 + 59_000, 1400, 1400.5);
  t.quote(T0 + 59_000, 'binance', BTC, [[100, deep]], [[100.01, deep]]);
}

test('every guard has a case', () => {
  assert.deepEqual(
    Object.keys(CASES),
    GUARDS.map(({ code }) => code),
  );
});

for (const [code, { fires, passes }] of Object.entries(CASES)) {
  test(`${code} refuses`, () => {
    const { refusals, t } = tempt(fires);
    assert.deepEqual(refusals.at(0), code);
    const record = createHistory(t.database).decisions(BTC, 1)[0]!;
    const verdict = record.guards.find(({ name }) => name === code)!;
    assert.equal(verdict.passed, false);
    assert.notEqual(verdict.value, undefined);
    assert.notEqual(verdict.limit, undefined);
    t.close();
  });
  test(`${code} lets pass`, () => {
    const { refusals, entered, t } = tempt(passes);
    assert.deepEqual(refusals, []);
    assert.ok(entered);
    t.close();
  });
}

test('a refusal is stored when it begins and when it ends, with a count', () => {
  const { t } = tempt({ prepare: control('HALTED') });
  for (let i = 1; i <= 5; i++) t.quote(T0 + 100 + i, 'upbit', BTC, [[142_000 + i, deep]], [[142_050, deep]]);
  t.quote(T0 + 200, 'upbit', BTC, [[140_000, deep]], [[140_050, deep]]);
  t.machine.advanceTo(T0 + 3000);
  const [ended, began] = createHistory(t.database).decisions(BTC, 5);
  assert.equal(began?.decision, 'REFUSED');
  assert.equal(ended?.decision, 'REFUSAL_ENDED');
  assert.equal(ended?.inputs.count, 6);
  assert.equal(ended?.inputs.beganAtMs, began?.atMs);
  assert.deepEqual(
    createHistory(t.database)
      .triggers()
      .map(({ guard, count }) => [guard, count]),
    [['KILL_SWITCH', 1]],
  );
  t.close();
});

test('without guards SPEC’s own limits stay and the others are off', () => {
  assert.ok(tempt({ bid: 150_000, guardsOn: false }).entered, 'an insane spread');
  assert.ok(tempt({ raw: balances(0), guardsOn: false }).entered, 'no inventory');
  assert.deepEqual(tempt({ ...CASES.COOLDOWN!.fires, guardsOn: false }).refusals, ['COOLDOWN']);
  assert.deepEqual(tempt({ prepare: control('HALTED'), guardsOn: false }).refusals, ['KILL_SWITCH']);
});
