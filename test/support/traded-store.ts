import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createRunLog } from '#adapters/store/sqlite/runs.ts';
import { syntheticTape } from '../reference/synthetic.ts';
import { testMachine } from './machine.ts';
import { feed } from './market.ts';

export const COINS = ['BTC', 'ETH', 'LINK'];
export const SYMBOLS = COINS.map((coin) => `${coin}/USDT`);

/** A store file on which the product's machine traded for a while, with faults: positions, fills, refusals, alerts. */
export function tradedStore(file: string, frames = 2500, seed = 5): void {
  const database = openDatabase(file, { mode: 'paper', source: 'simulator' }, false);
  const lines = syntheticTape(seed, { coins: COINS, frames });
  const startMs = Number.parseInt(lines[0]!, 10);
  const t = testMachine({
    database,
    epoch: createRunLog(database).begin(startMs, 'test'),
    raw: {
      universe: { symbols: SYMBOLS },
      strategy: { cooldownSeconds: 1, maxHoldSeconds: 6, exitEdge: 0.001 },
      paper: { latencyMs: { binance: 20, upbit: 150 }, faults: { rejectRate: 0.1, lostAnswerRate: 0.1 } },
    },
  });
  t.machine.start(startMs);
  for (const line of lines) {
    const [time = '', venue = ''] = line.split(' ', 2);
    feed(t, Number(time), JSON.parse(line.slice(time.length + venue.length + 2)));
  }
  createHistory(database).publishStatus({ running: true }, startMs, 5000);
  t.close();
}
