import { readFileSync } from 'node:fs';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createRunLog } from '#adapters/store/sqlite/runs.ts';
import { testMachine } from './machine.ts';
import { calm, feed } from './market.ts';

/**
 * Trades a stretch of a tape on a store file and kills itself with −9 before or after its n-th commit.
 * Arguments: store, tape, first line, line after the last, n (0: never), before|after.
 */
const [, , file = '', tape = '', first = '0', end = '0', killAt = '0', when = 'after'] = process.argv;
const symbols = ['BTC/USDT', 'ETH/USDT', 'LINK/USDT'];
const database = openDatabase(file, { mode: 'paper', source: 'tape' }, false);
const lines = readFileSync(tape, 'utf8').trimEnd().split('\n').slice(Number(first), Number(end));
const startMs = Number.parseInt(lines[0]!, 10);
const die = () => process.kill(process.pid, 'SIGKILL');
let commits = 0;
const t = testMachine({
  database,
  epoch: createRunLog(database).begin(startMs, 'test'),
  raw: {
    universe: { symbols },
    strategy: { cooldownSeconds: 1, maxHoldSeconds: 6, exitEdge: 0.001 },
    paper: {
      latencyMs: { binance: 20, upbit: 150 },
      faults: { rejectRate: 0.1, lostAnswerRate: 0.1, timeoutRate: 0.05 },
    },
  },
  observer: {
    transition({ send }) {
      for (const { id } of send) console.log(id);
    },
  },
  wrapStore: (store) => ({
    ...store,
    commit(request) {
      const last = ++commits === Number(killAt);
      if (last && when === 'before') die();
      const result = store.commit(request);
      if (last) die();
      return result;
    },
  }),
  wrapMemory: (memory) => ({
    ...memory,
    put(orderId, execution) {
      memory.put(orderId, execution);
      if (when === 'executed' && ++commits >= Number(killAt)) die();
    },
  }),
});
t.machine.start(startMs);
let atMs = startMs;
for (const line of lines) {
  const [time = '', venue = ''] = line.split(' ', 2);
  atMs = Number(time);
  feed(t, atMs, JSON.parse(line.slice(time.length + venue.length + 2)));
}
if (killAt === '0') for (let i = 0; i < 80; i++) calm(t, symbols, atMs + 500 * (i + 1));
process.exitCode = killAt === '0' && !t.machine.settled ? 1 : 0;
t.close();
