import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ratesFor } from '#core/cost/between.ts';
import { billOf, type Deployment } from '#core/cost/bill.ts';
import { PRICES } from '#core/cost/prices.ts';
import { COUNTED, type HourRates, LAYOUTS, MARKETS, type MeasuredHour } from '#core/cost/rates.ts';
import { decimal, sum } from '#core/market/money.ts';

const DEPLOYMENT: Deployment = {
  symbols: 20,
  layout: 'sharded',
  market: 'quiet',
  shards: 4,
  keepDays: 90,
  snapshotSeconds: 21_600,
  minReturn: 0.001,
};

const someRates = fc
  .tuple(...COUNTED.map(() => fc.double({ min: 0, max: 1e8, noNaN: true })))
  .map((values) => Object.fromEntries(COUNTED.map((name, i) => [name, values[i]!])) as HourRates);
const someDeployment = fc.record({
  symbols: fc.integer({ min: 1, max: 1000 }),
  layout: fc.constantFrom(...LAYOUTS),
  market: fc.constantFrom(...MARKETS),
  shards: fc.integer({ min: 1, max: 100 }),
  keepDays: fc.integer({ min: 1, max: 1000 }),
  snapshotSeconds: fc.integer({ min: 1, max: 86_400 }),
  minReturn: fc.double({ min: 0.0001, max: 0.1, noNaN: true }),
});

test('a bill sums up to the digit: each line is its quantity × its price, the total is the lines', () => {
  fc.assert(
    fc.property(someRates, someDeployment, (rates, deployment) => {
      const bill = billOf(rates, deployment);
      for (const { quantity, priceUsd, usd } of bill.lines) {
        assert.equal(decimal(quantity).times(priceUsd).dp(6).toNumber(), usd);
        assert.ok(usd >= 0);
      }
      const total = sum(bill.lines.map(({ usd }) => decimal(usd)));
      assert.equal(total.toNumber(), bill.monthlyUsd);
      assert.ok(
        total
          .minus(bill.perSymbolUsd * deployment.symbols)
          .abs()
          .lte(1e-6 * deployment.symbols),
      );
    }),
  );
});

test('more of anything never costs less, and nothing that is counted is free', () => {
  const free = new Set(['frames', 'tickMessages', 'trades', 'notionalUsdt', 'pnlUsdt']);
  const nothing = Object.fromEntries(COUNTED.map((name) => [name, 0])) as HourRates;
  const least = billOf(nothing, DEPLOYMENT).monthlyUsd;
  for (const name of COUNTED) {
    const more = billOf({ ...nothing, [name]: 1e6 }, DEPLOYMENT).monthlyUsd;
    if (free.has(name)) assert.equal(more, least, name);
    else assert.ok(more > least, name);
  }
});

/** USD in millionths of a millionth, from a price's text, without the product's decimals. */
function tiny(price: string): bigint {
  const [whole, fraction = ''] = price.split('.');
  return BigInt(`${whole}${fraction.padEnd(12, '0')}`);
}

test('one bill, computed once more with whole numbers', () => {
  const rates = Object.fromEntries(COUNTED.map((name, i) => [name, 1000 * (i + 1)])) as HourRates;
  const bill = billOf(rates, { ...DEPLOYMENT, layout: 'per-symbol', symbols: 7 });
  const requests = (anHour: number, price: string) => BigInt(anHour) * 730n * tiny(price);
  const r = rates;
  const { sqsStandardRequest: sqs, dynamoReadUnit: read, dynamoWriteUnit: write } = PRICES;
  const sentAndTaken = r.tickSendRequests + r.tickReceiveRequests + r.tickDeleteRequests;
  const invocations = r.evaluateInvocations + r.executeInvocations + r.housekeepInvocations + r.universeInvocations;
  const ms = r.evaluateMs + r.executeMs + r.housekeepMs + r.universeMs;
  const counted =
    requests(sentAndTaken + r.workRequests + r.otherQueueRequests, sqs) +
    requests(r.fifoRequests, PRICES.sqsFifoRequest) +
    requests(invocations, PRICES.lambdaRequest) +
    requests(r.gatewayReadUnits + r.functionReadUnits, read) +
    requests(r.gatewayWriteUnits + r.functionWriteUnits, write) +
    // The history of 90 days, 4 KB a unit, four times a day.
    (requests(r.tableGrowthBytes * 24 * 90, read) * 4n) / (24n * 4096n) +
    requests(r.objectPuts, PRICES.s3Put) +
    requests(r.objectReads, PRICES.s3Read) +
    // Half a GB of memory for so many milliseconds.
    (BigInt(ms) * 730n * tiny(PRICES.lambdaGbSecond)) / 2000n;
  const items = [
    'Lambda: invocations',
    ...bill.lines.map(({ item }) => item).filter((item) => /^(Lambda: [ehu]|DynamoDB: (reads|writes)|S3)/.test(item)),
    ...['ticks sent', 'ticks received', 'ticks deleted', 'work', 'alerts (FIFO)', 'everything else'].map(
      (of) => `SQS: ${of}`,
    ),
  ];
  const told = sum(bill.lines.filter(({ item }) => items.includes(item)).map(({ usd }) => decimal(usd)));
  assert.ok(
    told
      .minus(Number(counted) / 1e12)
      .abs()
      .lt(1e-4),
    `${told} and ${Number(counted) / 1e12}`,
  );

  const polling = bill.lines.find(({ item }) => item === 'SQS: polling of idle tick queues');
  assert.equal(polling?.quantity, 7 * 2 * 180 * 730);
  const gateway = sum(bill.lines.filter(({ item }) => item.startsWith('Gateway')).map(({ usd }) => decimal(usd)));
  assert.equal(gateway.toString(), '11.940975', '0.25 vCPU, 0.5 GB and an address for 730 hours');
});

test('the sharded layout polls no more queues than it has; each symbol of the other has its own', () => {
  const nothing = Object.fromEntries(COUNTED.map((name) => [name, 0])) as HourRates;
  const polls = (deployment: Partial<Deployment>) =>
    billOf(nothing, { ...DEPLOYMENT, ...deployment }).lines.find(({ item }) => item.includes('idle tick'))!.quantity;
  assert.equal(polls({ symbols: 100 }), polls({ symbols: 20 }));
  assert.equal(polls({ symbols: 2 }) * 2, polls({ symbols: 20 }));
  assert.equal(polls({ layout: 'per-symbol' }), 5 * polls({}));
});

test('a snapshot reads the whole history that is kept, as often as it is due', () => {
  const nothing = Object.fromEntries(COUNTED.map((name) => [name, 0])) as HourRates;
  const reads = (deployment: Partial<Deployment>) =>
    billOf({ ...nothing, tableGrowthBytes: 4096 * 1000 }, { ...DEPLOYMENT, ...deployment }).lines.find(({ item }) =>
      item.includes('snapshots'),
    )!.quantity;
  assert.equal(reads({ keepDays: 1, snapshotSeconds: 3600 }), 24 * 1000 * 730, 'a day of it, each hour of a month');
  assert.equal(reads({ snapshotSeconds: 300 }), 72 * reads({}));
  assert.equal(reads({ keepDays: 30 }) * 3, reads({}));
});

test('trades that pay for a month: as many as are needed, and one less is too few', () => {
  const rates = Object.fromEntries(COUNTED.map((name) => [name, 5000])) as HourRates;
  const { breakEven, monthlyUsd, perTradeUsd } = billOf(rates, DEPLOYMENT);
  for (const { notionalUsdt, earnsUsdt, tradesAMonth } of breakEven) {
    assert.equal(earnsUsdt, notionalUsdt / 1000);
    assert.ok(tradesAMonth * earnsUsdt >= monthlyUsd && (tradesAMonth - 1) * earnsUsdt < monthlyUsd);
  }
  assert.ok(Math.abs(perTradeUsd! - monthlyUsd / (5000 * 730)) < 1e-6);
  assert.equal(billOf({ ...rates, trades: 0 }, DEPLOYMENT).perTradeUsd, null);
});

test('between two measurements: as measured at both, a straight line besides, never below nothing', () => {
  const hour = (symbols: number, value: number): MeasuredHour => ({
    market: 'quiet',
    layout: 'sharded',
    symbols,
    measuredOn: '2026-01-01',
    seconds: 3600,
    framesPerSecond: 1,
    rates: Object.fromEntries(COUNTED.map((name) => [name, value])) as HourRates,
  });
  const hours = [hour(20, 100), hour(100, 900)];
  const at = (symbols: number) => ratesFor(hours, { market: 'quiet', layout: 'sharded', symbols });
  assert.deepEqual([at(20).frames, at(60).frames, at(100).frames, at(200).frames], [100, 500, 900, 1900]);
  assert.equal(at(1).frames, 0);
  assert.ok(at(1).pnlUsdt < 0, 'only money may be negative');
  assert.throws(() => ratesFor(hours, { market: 'lively', layout: 'sharded', symbols: 30 }), {
    code: 'COST_UNMEASURED',
  });
});
