import { closedTrade } from '#core/kpi/closed-trade.ts';
import { KpiBook } from '#core/kpi/index.ts';
import { testMachine } from '../test/support/machine.ts';
import { below, type Figure, plain } from './report.ts';

const SYMBOLS = Array.from({ length: 250 }, (_, i) => `C${i}/USDT`);
const ROUNDS = 400;
const DAY_MS = 86_400_000;

/** One close counted in every figure, in total and for its symbol. */
export function benchKpi(): Figure[] {
  const pair = closedPair();
  const trade = closedTrade(pair);
  const book = new KpiBook();
  const round = (n: number) => {
    const closedAtMs = trade.closedAtMs + (n * DAY_MS) / 3;
    const next = { ...trade, pnl: n % 3 === 0 ? -trade.pnl : trade.pnl, closedAtMs };
    for (const symbol of SYMBOLS) book.add(symbol, next);
  };
  for (let n = 0; n < ROUNDS / 4; n++) round(n);
  const startedMs = performance.now();
  for (let n = 0; n < ROUNDS; n++) round(n + ROUNDS / 4);
  const microseconds = ((performance.now() - startedMs) * 1000) / (ROUNDS * SYMBOLS.length);
  const readMs = performance.now();
  for (let n = 0; n < 20_000; n++) closedTrade(pair);
  const derive = ((performance.now() - readMs) * 1000) / 20_000;
  return [
    below('one close in every figure, total and symbol', microseconds, 'µs', 5),
    plain('what the figures need of a position, from its fills', derive, 'µs'),
  ];
}

function closedPair() {
  const t = testMachine();
  const at = 1_700_000_000_000;
  t.fx(at, 1400, 1400.5);
  t.quote(at, 'binance', 'BTC/USDT', [[100, 1e4]], [[100.01, 1e4]]);
  t.quote(at + 10, 'upbit', 'BTC/USDT', [[142_000, 1e4]], [[142_050, 1e4]]);
  t.quote(at + 20, 'upbit', 'BTC/USDT', [[139_990, 1e4]], [[140_000, 1e4]]);
  t.close();
  return t.transitions.at(-1)!.pair;
}
