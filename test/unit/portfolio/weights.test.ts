import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { loadVolatilities } from '#adapters/universe/volatility.ts';
import { maxPositionOf } from '#core/engine/settings.ts';
import { weigh } from '#core/portfolio/weights.ts';
import { nextList, plainList } from '#core/universe/list.ts';
import { testMachine } from '../../support/machine.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];
const volumes = (...values: number[]) => ({
  ...plainList(SYMBOLS),
  volumesUsdt: Object.fromEntries(values.map((value, i) => [SYMBOLS[i]!, value])),
});
const shares = ({ bySymbol }: ReturnType<typeof weigh>) => SYMBOLS.map((symbol) => bySymbol.get(symbol));

test('weights have a mean of 1: equal, by volume, by the inverse of volatility', () => {
  assert.deepEqual(shares(weigh('equal', plainList(SYMBOLS))), [1, 1, 1]);
  assert.deepEqual(shares(weigh('volume', volumes(4, 1, 1))), [2, 0.5, 0.5]);
  const volatilities = { 'BTC/USDT': 0.01, 'ETH/USDT': 0.02, 'XRP/USDT': 0.02 };
  assert.deepEqual(shares(weigh('inverse_volatility', { ...plainList(SYMBOLS), volatilities })), [1.5, 0.75, 0.75]);
});

test('a symbol without a measure has the weight 1, and the warning names it', () => {
  const weights = weigh('volume', volumes(3, 1));
  assert.deepEqual(shares(weights), [1.5, 0.5, 1]);
  assert.match(weights.warnings.join(), /no volume is known of XRP\/USDT/);
});

test('measures that make no weights: every symbol has 1, with the reason', () => {
  const cases = [
    [volumes(0, 0, 0), /add up to nothing/],
    [volumes(5, -1, 1), /volume of ETH\/USDT is -1/],
    [volumes(5, Number.NaN, 1), /NaN/],
    [plainList(SYMBOLS), /no volume is known/],
  ] as const;
  for (const [measures, reason] of cases) {
    const weights = weigh('volume', measures);
    assert.deepEqual(shares(weights), [1, 1, 1]);
    assert.match(weights.warnings.join(), reason);
  }
  const many = Array.from({ length: 20 }, (_, i) => `C${i}/USDT`);
  const volumesUsdt = Object.fromEntries(many.map((symbol, i) => [symbol, i === 0 ? 1e9 : 1]));
  assert.match(weigh('volume', { ...plainList(many), volumesUsdt }).warnings.join(), /C0\/USDT would have 20.0/);
  const still = { ...plainList(SYMBOLS), volatilities: { 'BTC/USDT': 0, 'ETH/USDT': 1, 'XRP/USDT': 1 } };
  assert.match(weigh('inverse_volatility', still).warnings.join(), /BTC\/USDT did not move/);
});

test('a weight that makes a position smaller than the smallest order is told', () => {
  const t = (size: number) =>
    testMachine({
      raw: {
        universe: { symbols: SYMBOLS },
        portfolio: { weights: 'volume' },
        strategy: { maxPositionSizeUsdt: size },
      },
      list: volumes(100, 100, 1),
    });
  const small = t(100);
  assert.match(small.machine.engine.settings.weights.warnings.join(), /never traded: XRP\/USDT \(1\.49 USDT\)/);
  small.close();
  const large = t(1000);
  assert.deepEqual(large.machine.engine.settings.weights.warnings, []);
  large.close();
});

test('a position is as large as its symbol’s weight allows', () => {
  const t = testMachine({
    raw: {
      universe: { symbols: ['BTC/USDT', 'ETH/USDT'] },
      portfolio: { weights: 'volume' },
      paper: { latencyMs: 0 },
    },
    list: { ...plainList(['BTC/USDT', 'ETH/USDT']), volumesUsdt: { 'BTC/USDT': 3, 'ETH/USDT': 1 } },
    guardsOn: false,
  });
  const at = 1_700_000_000_000;
  t.fx(at, 1400, 1400.5);
  for (const symbol of ['BTC/USDT', 'ETH/USDT']) {
    t.quote(at, 'binance', symbol, [[99.99, 1e4]], [[100, 1e4]]);
    t.quote(at + 10, 'upbit', symbol, [[142_000, 1e4]], [[142_050, 1e4]]);
  }
  const notionals = t.machine.engine.states.map(({ pair }) => pair?.entryNotional);
  assert.deepEqual(notionals, [750, 250]);
  assert.equal(maxPositionOf(t.machine.engine.settings, 'BTC/USDT').value, 750);
  assert.equal(
    t.machine.engine.inventory.held.get('upbit:ETH'),
    '22.50125006',
    'ten positions of its own size, less the sale',
  );
  t.close();
});

test('volatilities come from a week of hourly prices, and stay with the list', async () => {
  const closes = Array.from({ length: 169 }, (_, i) => [0, '1', '1', '1', i % 2 === 0 ? '100' : '101', '9']);
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, 'http://venue');
    const known = searchParams.get('symbol') === 'BTCUSDT';
    response.writeHead(known ? 200 : 404).end(JSON.stringify(known ? closes : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const warnings: string[] = [];
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const volatilities = await loadVolatilities(['BTC/USDT', 'ETH/USDT'], url, (message) => warnings.push(message));
    assert.deepEqual(Object.keys(volatilities), ['BTC/USDT']);
    assert.ok(Math.abs(volatilities['BTC/USDT']! - 0.00998) < 1e-4);
    assert.match(warnings.join(), /no volatility of ETH\/USDT: 404/);
    const next = nextList({ ...plainList(SYMBOLS), volatilities }, plainList(['BTC/USDT']), () => false);
    assert.deepEqual(next.volatilities, volatilities);
    const later = nextList(next, { ...plainList(SYMBOLS), volatilities: { 'ETH/USDT': 0.5 } }, () => false);
    assert.deepEqual(later.volatilities, { ...volatilities, 'ETH/USDT': 0.5 }, 'what comes later is added');
  } finally {
    server.close();
  }
});
