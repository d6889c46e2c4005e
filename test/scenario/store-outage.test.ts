import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { auditStore } from '#adapters/store/sqlite/audit.ts';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { createHistory } from '#adapters/store/sqlite/history.ts';
import { createSqliteStore } from '#adapters/store/sqlite/store.ts';
import { backtest } from '#adapters/wiring/backtest.ts';
import { createIntake } from '#adapters/wiring/intake.ts';
import { startRecording } from '#adapters/wiring/recording.ts';
import { tellingFailures } from '#adapters/wiring/store-calls.ts';
import { paperTapeRun } from '#adapters/wiring/tape-run.ts';
import { TwinlegError } from '#core/errors.ts';
import type { VenueId } from '#core/market/types.ts';
import { tradeOf } from '#core/portfolio/trade.ts';
import { random, syntheticTape } from '../reference/synthetic.ts';
import { configOf, instrumentsOf } from '../support/backtest.ts';
import { testMachine } from '../support/machine.ts';

import { COINS, SYMBOLS } from '../support/traded-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinleg-outage-'));
after(() => rmSync(folder, { recursive: true }));

const RAW = {
  universe: { symbols: SYMBOLS },
  strategy: { cooldownSeconds: 1, maxHoldSeconds: 6, exitEdge: 0.001 },
  // Losses must not end a history early.
  guards: {
    dailyLoss: { maxUsdt: null },
    drawdown: { maxUsdt: null },
    symbolDailyLoss: { maxUsdt: null },
    consecutiveLosses: { max: null },
  },
  paper: { latencyMs: { binance: 20, upbit: 150 }, faults: { rejectRate: 0.1, lostAnswerRate: 0.1 } },
};

/** Plays a made-up market into a recorded run whose store fails for a while, again and again; timers come when they like. */
async function record(file: string, seed: number) {
  const draw = random(seed);
  const lines = syntheticTape(seed, { coins: COINS, frames: 4000 });
  let nowMs = Number.parseInt(lines[0]!, 10);
  let broken = false;
  let failed = 0;
  const config = configOf(RAW);
  const database = openDatabase(':memory:', { mode: 'paper', source: 'tape' }, false);
  const recording = startRecording({
    file,
    maxBytes: null,
    run: {
      format: 1,
      epoch: 1,
      startedAtMs: nowMs,
      configVersion: '',
      config,
      guardsOn: true,
      startingState: createSqliteStore(database).load(),
      seededBalances: {},
    },
    instruments: instrumentsOf(config).values(),
    onEnd: assert.fail,
  });
  const telling = tellingFailures((call) => recording.event({ kind: 'store_failed', atMs: nowMs, call }));
  const { machine } = testMachine({
    raw: RAW,
    database,
    failed: () => failed++,
    around: (call, make) =>
      telling(call, () => {
        if (broken && draw() < 0.7) throw new TwinlegError('STORE_FAILED', 'disk I/O error', 'none');
        return make();
      }),
  });
  const intake = createIntake({
    machine,
    symbols: SYMBOLS,
    recorder: recording.tape,
    now: () => nowMs,
    measured() {},
    failed: assert.ifError,
  });
  recording.event({ kind: 'start', atMs: nowMs });
  machine.start(nowMs);
  for (const [i, line] of lines.entries()) {
    if (i % 200 === 0) broken = i % 600 === 200;
    const [time = '', venue = ''] = line.split(' ', 2);
    for (let beatMs = nowMs + 50; beatMs < Number(time); beatMs += 50) if (draw() < 0.5) machine.advanceTo(beatMs);
    nowMs = Number(time);
    if (i % 100 === 99) {
      const measurement = { kind: 'errors', count: 1 } as const;
      recording.event({ kind: 'measured', atMs: nowMs, measurement });
      machine.measure(measurement, nowMs);
    }
    intake.frame(venue as VenueId, Buffer.from(line.slice(time.length + venue.length + 2)));
  }
  recording.event({ kind: 'drain', atMs: nowMs });
  machine.drain(nowMs);
  nowMs += 30_000;
  machine.advanceTo(nowMs);
  recording.event({ kind: 'stop', atMs: nowMs });
  await recording.close();
  return { database, failed };
}

async function replayed(file: string) {
  const warnings: string[] = [];
  const run = paperTapeRun(file, { instrumentsFile: undefined, guardsOn: undefined, configure: configOf });
  const result = await backtest([run], { warn: (message) => warnings.push(message), measureMs: () => 0 });
  assert.deepEqual(warnings, []);
  return result;
}

test('live equals replay while the store fails: what failed fails again, and no frame is lost with it', async () => {
  let different = 0;
  for (const seed of [1, 2, 3, 4]) {
    const file = join(folder, `${seed}`);
    const { database, failed } = await record(file, seed);
    const history = createHistory(database);
    const live = history.trades().map(tradeOf);
    assert.ok(failed > 10, `${failed} failures`);
    assert.ok(live.length > 5, `${live.length} trades`);
    const result = await replayed(file);
    assert.deepEqual(result.trades, live);
    assert.deepEqual(
      result.open.map(({ id, state }) => [id, state]),
      history.openPositions().map(({ id, state }) => [id, state]),
    );
    const triggers: Record<string, number> = {};
    for (const { guard, count } of history.triggers()) triggers[guard] = (triggers[guard] ?? 0) + count;
    assert.deepEqual(result.guardTriggers, triggers);
    for (const { name, ok, detail } of auditStore(database)) assert.ok(ok, `${name}: ${detail}`);
    // The failures are what makes it equal: without them some replay goes another way.
    const events = readFileSync(`${file}.events.jsonl`, 'utf8').split('\n');
    writeFileSync(`${file}.events.jsonl`, events.filter((line) => !line.includes('store_failed')).join('\n'));
    const without = await replayed(file);
    if (JSON.stringify(without.trades) !== JSON.stringify(live)) different++;
  }
  assert.ok(different > 0, 'the outages changed something');
});
