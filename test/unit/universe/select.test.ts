import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Config } from '#core/config.ts';
import type { UniverseFacts, VenueFacts } from '#core/universe/facts.ts';
import type { ExclusionReason } from '#core/universe/filters.ts';
import { nextList, plainList, watchedSymbols } from '#core/universe/list.ts';
import { selectUniverse } from '#core/universe/select.ts';
import { configOf } from '../../support/backtest.ts';

const KRW_PER_USDT = 1400;

function universeOf(raw: object): Config['universe'] {
  return configOf({ universe: raw }).universe;
}

function coin(overrides: Partial<VenueFacts> = {}): VenueFacts {
  return {
    trading: true,
    warning: false,
    lastPrice: 10,
    volume: 5e6,
    bid: 10,
    ask: 10.001,
    depth: 50_000,
    tick: 0.001,
    ...overrides,
  };
}

/** The same coin in won. */
function inWon(facts: VenueFacts): VenueFacts {
  const won = (value: number | null) => value && value * KRW_PER_USDT;
  const { lastPrice, volume, bid, ask, depth } = facts;
  return {
    ...facts,
    lastPrice: won(lastPrice),
    volume: won(volume),
    bid: won(bid),
    ask: won(ask),
    depth: won(depth),
    tick: 10,
  };
}

function facts(
  rows: Record<string, { binance?: Partial<VenueFacts> | null; upbit?: Partial<VenueFacts> | null }>,
): UniverseFacts {
  const binance = new Map<string, VenueFacts>();
  const upbit = new Map<string, VenueFacts>();
  for (const [name, row] of Object.entries(rows)) {
    if (row.binance !== null) binance.set(`${name}/USDT`, coin(row.binance));
    if (row.upbit !== null) upbit.set(`${name}/USDT`, { ...inWon(coin()), ...row.upbit });
  }
  return { binance, upbit, krwPerUsdt: KRW_PER_USDT };
}

/** One coin for each reason, and what excludes it. */
const SPOILT: Record<string, [ExclusionReason, Parameters<typeof facts>[0][string]]> = {
  NOTB: ['not_on_binance', { binance: null }],
  NOTU: ['not_on_upbit', { upbit: null }],
  HALTB: ['halted', { binance: { trading: false } }],
  HALTU: ['halted', { upbit: { trading: false } }],
  DENY: ['deny', {}],
  WARN: ['warning', { upbit: { warning: true } }],
  TON: ['identity', { upbit: { lastPrice: 10 * KRW_PER_USDT * 1.6 } }],
  SMALL: ['volume', { binance: { volume: 999_999 } }],
  SMALLU: ['volume', { upbit: { volume: 999_999 * KRW_PER_USDT } }],
  WIDE: ['spread', { binance: { ask: 10.06 } }],
  THIN: ['depth', { upbit: { depth: 999 * KRW_PER_USDT } }],
  COARSE: ['tick', { upbit: { tick: 14 } }],
  DARK: ['volume', { binance: { volume: null } }],
};
const ROWS = { GOOD: {}, ...Object.fromEntries(Object.entries(SPOILT).map(([name, [, row]]) => [name, row])) };

test('each filter keeps out the coin that it is there for, with what was found and its limit', () => {
  const { included, excluded } = selectUniverse(
    universeOf({ mode: 'FULL_MARKET', filters: { deny: ['DENY/USDT'] } }),
    facts(ROWS),
  );
  assert.deepEqual(
    included.map(({ symbol, rank }) => [symbol, rank]),
    [['GOOD/USDT', 1]],
  );
  const reasons = Object.fromEntries(excluded.map(({ symbol, reason }) => [symbol.replace('/USDT', ''), reason]));
  assert.deepEqual(reasons, Object.fromEntries(Object.entries(SPOILT).map(([name, [reason]]) => [name, reason])));
  const ton = excluded.find(({ symbol }) => symbol === 'TON/USDT')!;
  assert.ok(Math.abs(Number(ton.value) - 1.6) < 1e-9 && ton.limit === 1.5);
  assert.deepEqual(
    excluded.find(({ symbol }) => symbol === 'SMALL/USDT'),
    { symbol: 'SMALL/USDT', reason: 'volume', value: 999_999, limit: 1_000_000 },
  );
});

test('a written list keeps its order and loses only what can never be traded; the rest are warnings', () => {
  const symbols = Object.keys(ROWS).map((name) => `${name}/USDT`);
  const { included, excluded, warnings } = selectUniverse(
    universeOf({ mode: 'FIXED_LIST', symbols, filters: { deny: ['DENY/USDT'] } }),
    facts(ROWS),
  );
  const out = ['NOTB', 'NOTU', 'HALTB', 'HALTU', 'DENY', 'TON'].map((name) => `${name}/USDT`);
  assert.deepEqual(
    excluded.map(({ symbol }) => symbol),
    out,
  );
  assert.deepEqual(
    included.map(({ symbol }) => symbol),
    symbols.filter((symbol) => !out.includes(symbol)),
  );
  assert.deepEqual(
    warnings.map(({ reason }) => reason),
    ['warning', 'volume', 'volume', 'spread', 'depth', 'tick', 'volume'],
  );
  const unknown = selectUniverse(universeOf({ mode: 'SINGLE', symbols: ['NONE/USDT'] }), facts(ROWS));
  assert.equal(unknown.excluded[0]!.reason, 'not_on_binance');
});

test('where several reasons hold the first of the order counts', () => {
  const order: [ExclusionReason, object, object][] = [
    ['tick', {}, { tick: 1e4 }],
    ['depth', { depth: 1 }, {}],
    ['spread', { ask: 20 }, {}],
    ['volume', { volume: 1 }, {}],
    ['identity', { lastPrice: 1 }, {}],
    ['warning', {}, { warning: true }],
  ];
  let binance = {};
  let upbit = {};
  for (const [reason, onBinance, onUpbit] of order) {
    binance = { ...binance, ...onBinance };
    upbit = { ...upbit, ...onUpbit };
    const { excluded } = selectUniverse(universeOf({ mode: 'FULL_MARKET' }), facts({ X: { binance, upbit } }));
    assert.equal(excluded[0]!.reason, reason);
  }
  const spoilt = facts({ X: { binance: { ...binance, trading: false }, upbit } });
  const reasonWith = (filters: object, given = spoilt) =>
    selectUniverse(universeOf({ mode: 'FULL_MARKET', filters }), given).excluded[0]!.reason;
  assert.equal(reasonWith({ allow: ['Y/USDT'], deny: ['X/USDT'] }), 'halted');
  const trading = facts({ X: { binance, upbit } });
  assert.equal(reasonWith({ allow: ['Y/USDT'], deny: ['X/USDT'] }, trading), 'deny');
  assert.equal(reasonWith({ allow: ['Y/USDT'] }, trading), 'not_allowed');
  assert.equal(reasonWith({}, facts({ X: { binance: { ...binance, trading: false }, upbit: null } })), 'not_on_upbit');
});

const volumes = fc.dictionary(fc.stringMatching(/^[A-Z]{2,5}$/), fc.integer({ min: 1, max: 1e9 }), { maxKeys: 40 });

test('TOP_N in one shot is ranks 1 to N by the smaller volume; every coin is told of once', () => {
  fc.assert(
    fc.property(volumes, fc.integer({ min: 1, max: 20 }), (byName, topN) => {
      const rows = Object.fromEntries(Object.entries(byName).map(([name, volume]) => [name, { binance: { volume } }]));
      const universe = universeOf({ mode: 'TOP_N', topN, filters: { minVolumeUsdt: 1000 } });
      const { included, excluded } = selectUniverse(universe, facts(rows));
      const eligible = Object.values(byName).filter((volume) => volume >= 1000).length;
      assert.equal(included.length, Math.min(topN, eligible));
      assert.deepEqual(
        included.map(({ rank }) => rank),
        included.map((_, i) => i + 1),
      );
      const told = [...included, ...excluded].map(({ symbol }) => symbol);
      assert.equal(new Set(told).size, Object.keys(byName).length);
      assert.equal(told.length, Object.keys(byName).length);
      const least = Math.min(...included.map(({ volumeUsdt }) => volumeUsdt!));
      for (const { symbol, reason } of excluded) {
        if (reason === 'rank') assert.ok(Math.min(byName[symbol.replace('/USDT', '')]!, 5e6) <= least);
      }
    }),
  );
});

test('TOP_N: in at rank ≤ N, out only after three refreshes running beyond N + 3', () => {
  const walk = fc.array(fc.array(fc.integer({ min: 2000, max: 9000 }), { minLength: 9, maxLength: 9 }), {
    minLength: 1,
    maxLength: 12,
  });
  const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'].map((name) => `${name}${name}`);
  fc.assert(
    fc.property(walk, (refreshes) => {
      const topN = 2;
      const universe = universeOf({ mode: 'TOP_N', topN, filters: { minVolumeUsdt: 1000 } });
      let members: Readonly<Record<string, number>> | null = null;
      /** The rule in its plainest form. */
      const model = new Map<string, number>();
      for (const given of refreshes) {
        const rows = Object.fromEntries(names.map((name, i) => [name, { binance: { volume: given[i]! } }]));
        const selection = selectUniverse(universe, facts(rows), members);
        members = selection.members;
        const ranked = names
          .map((name, i) => ({ name, volume: given[i]! }))
          .sort((a, b) => b.volume - a.volume || (a.name < b.name ? -1 : 1));
        for (const [i, { name }] of ranked.entries()) {
          if (i < topN) model.set(name, 0);
          else if (model.has(name)) {
            const strikes = i + 1 > topN + 3 ? model.get(name)! + 1 : 0;
            if (strikes === 3) model.delete(name);
            else model.set(name, strikes);
          }
        }
        assert.deepEqual(
          selection.included.map(({ symbol }) => symbol.replace('/USDT', '')).sort(),
          [...model.keys()].sort(),
        );
      }
    }),
  );
});

test('a list that changes at random: nothing with a position is lost, nothing is in it twice', () => {
  const symbol = fc.constantFrom<string>('A/USDT', 'B/USDT', 'C/USDT', 'D/USDT', 'E/USDT');
  const change = fc.record({ symbols: fc.uniqueArray(symbol), held: fc.uniqueArray(symbol) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      let list = plainList(['A/USDT', 'B/USDT']);
      for (const { symbols, held } of changes) {
        const before = watchedSymbols(list);
        list = nextList(list, { symbols, volumesUsdt: {} }, (name) => held.includes(name));
        const watched = watchedSymbols(list);
        assert.equal(new Set(watched).size, watched.length);
        assert.deepEqual(list.symbols, symbols);
        for (const name of before) assert.ok(watched.includes(name) || !held.includes(name), name);
        if (symbols.length === 0) assert.deepEqual(watched, before);
      }
    }),
  );
});
