import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaperBroker } from '#adapters/broker/paper.ts';
import type { Execution, Order, OrderReport } from '#core/execution/types.ts';
import { testMachine } from '../../support/machine.ts';

const BTC = 'BTC/USDT';
const T0 = 1_700_000_000_000;

test('an order that is placed again, on its way or after it came, is executed once', () => {
  const t = testMachine({ raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 100 } } });
  t.machine.start(T0);
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, [[100, 1e4]], [[100.01, 1e4]]);
  t.quote(T0 + 10, 'upbit', BTC, [[142_000, 1e4]], [[142_050, 1e4]]);
  const order: Order = t.transitions.flatMap(({ send }) => send).find(({ venue }) => venue === 'binance')!;
  const known = new Map<string, { execution: Execution | null }>();
  const due: ((atMs: number) => void)[] = [];
  const reports: OrderReport[] = [];
  const link = {
    settings: t.machine.engine.settings,
    market: () => t.machine.joiner.marketOf(BTC),
    schedule: (_atMs: number, run: (atMs: number) => void) => due.push(run),
    report: (_symbol: string, report: OrderReport) => reports.push(report),
  };
  const put = (id: string, execution: Execution | null) => known.set(id, { execution });
  const broker = createPaperBroker(link, { get: (id) => known.get(id), put });
  broker.place([order], T0 + 20);
  broker.place([order], T0 + 21);
  for (const run of due.splice(0)) run(T0 + 120);
  broker.place([order], T0 + 130);
  for (const run of due.splice(0)) run(T0 + 230);
  assert.equal(reports.length, 1);
  assert.equal(known.get(order.id)?.execution?.quantity, order.quantity);
  t.close();
});

test('Binance answers an order with its fill; Upbit takes it, and tells of the fill where it is asked', () => {
  const t = testMachine({ raw: { universe: { symbols: [BTC] }, paper: { latencyMs: 100 } } });
  t.machine.start(T0);
  t.fx(T0, 1400, 1400.5);
  t.quote(T0, 'binance', BTC, [[100, 1e4]], [[100.01, 1e4]]);
  t.quote(T0 + 10, 'upbit', BTC, [[142_000, 1e4]], [[142_050, 1e4]]);
  const orders = t.transitions.flatMap(({ send }) => send);
  const due: ((atMs: number) => void)[] = [];
  const reports: OrderReport[] = [];
  const known = new Map<string, { execution: Execution | null }>();
  const broker = createPaperBroker(
    {
      settings: t.machine.engine.settings,
      market: () => t.machine.joiner.marketOf(BTC),
      schedule: (_atMs, run) => due.push(run),
      report: (_symbol, report) => reports.push(report),
    },
    { get: (id) => known.get(id), put: (id, execution) => known.set(id, { execution }) },
  );
  const inOrder = orders.toSorted((a, b) => (a.venue < b.venue ? -1 : 1));
  broker.place(inOrder, T0);
  for (const run of due.splice(0)) run(T0 + 100);
  assert.deepEqual(
    reports.map(({ kind }) => kind),
    ['filled', 'accepted'],
  );
  broker.query([inOrder[1]!], T0 + 100);
  for (const run of due.splice(0)) run(T0 + 100);
  const told = reports.at(-1)!;
  assert.equal(told.kind === 'filled' && told.execution?.quantity, inOrder[1]!.quantity);
  t.close();
});
