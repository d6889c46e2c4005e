import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SimulatedVenues } from '#adapters/venues/simulator-process.ts';
import { STORE_FILE } from '#adapters/wiring/store-file.ts';
import { cli } from '../../test/support/cli.ts';
import { type Check, check } from './check.ts';
import { ask, startRun, withVenues } from './session.ts';

export interface StateFigures {
  readonly tables: number;
  readonly rows: number;
  readonly openPositions: number;
  readonly trades: number;
  readonly digest: string;
  readonly restoredDigest: string;
  readonly checks: readonly Check[];
}

/** A store's every value, table by table, in an order of its own; but for what expires by itself and how often it was restored. */
function contents(file: string): { digest: string; rows: number; tables: number } {
  const db = new DatabaseSync(file);
  const hash = createHash('sha256');
  let rows = 0;
  try {
    const names = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
    for (const { name } of names) {
      const all = db.prepare(`SELECT * FROM ${name}`).all();
      const lasting = all.filter((row) => {
        if (name === 'meta') return row.name !== 'restores';
        return name !== 'item' || row.expires_at_ms === null;
      });
      const texts = lasting.map((row) => JSON.stringify(row));
      rows += texts.length;
      hash.update(`${name}\n${texts.sort().join('\n')}\n`);
    }
    return { digest: hash.digest('hex'), rows, tables: names.length };
  } finally {
    db.close();
  }
}

/**
 * Goes on with a store that has traded; stops the run in the middle of its work, saves, kills it, restores and compares.
 * SIGSTOP holds the run at any moment whatever, so that the killed store and the saved one are of the same moment.
 */
export function saveKillRestore(directory: string, data: string): Promise<StateFigures> {
  return withVenues(74, async (venues) => {
    const run = startRun(venues, data, ['strategy.minProfitThreshold=0', 'strategy.cooldownSeconds=0']);
    await run.event('pair', ({ state }) => state === 'OPEN');
    const beside = await cli('snapshot', 'save', join(directory, 'beside.snapshot'), '--data', data);
    run.child.kill('SIGSTOP');
    const file = join(directory, 'campaign.snapshot');
    let saved = await cli('snapshot', 'save', file, '--data', data);
    for (let i = 0; saved.code !== 0 && i < 5; i++) {
      // It was held in the middle of a write: let it finish that.
      run.child.kill('SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, 20));
      run.child.kill('SIGSTOP');
      saved = await cli('snapshot', 'save', file, '--data', data);
    }
    const { code, signal } = await killed(run);
    const restored = join(directory, 'restored');
    const verified = await cli('snapshot', 'verify', file);
    const into = await cli('snapshot', 'restore', file, '--data', restored);
    const before = contents(join(data, STORE_FILE));
    const after = contents(join(restored, STORE_FILE));
    const differing: string[] = [];
    for (const command of ['trades', 'positions', 'kpi', 'balances', 'alerts']) {
      const [a, b] = await Promise.all([data, restored].map((each) => ask<object>(command, '--data', each)));
      if (JSON.stringify(a, withoutPresent) !== JSON.stringify(b, withoutPresent)) differing.push(command);
    }
    const positions = await ask<object[]>('positions', '--data', restored);
    const trades = await ask<object[]>('trades', '--data', restored);
    const goesOn = await goOn(venues, restored);
    return {
      tables: after.tables,
      rows: after.rows,
      openPositions: positions.length,
      trades: trades.length,
      digest: before.digest,
      restoredDigest: after.digest,
      checks: [
        check('saved beside a run that trades', beside.code === 0, beside.stderr.trim().slice(-200) || 'whole'),
        check('saved, killed with −9', saved.code === 0 && code === null, `the run ended by ${signal}`),
        check(
          'the snapshot can be restored',
          verified.code === 0 && into.code === 0,
          into.stderr.slice(-200) || 'done',
        ),
        check(
          'restored into an empty directory, equal by value in every table',
          before.digest === after.digest && after.rows > 0,
          `${after.rows} rows of ${after.tables} tables`,
        ),
        check('trades, positions, kpi, balances and alerts say the same', differing.length === 0, differing.join()),
        goesOn,
      ],
    };
  });
}

/** What things are worth at this moment is known while quotes are fresh: it expires, and is not saved. */
function withoutPresent(key: string, value: unknown): unknown {
  return ['unrealisedPnlUsdt', 'valueUsdt', 'runwayEntries'].includes(key) ? undefined : value;
}

async function killed(run: ReturnType<typeof startRun>) {
  run.child.kill('SIGKILL');
  const { code } = await run.done;
  return { code, signal: run.child.signalCode };
}

async function goOn(venues: SimulatedVenues, data: string): Promise<Check> {
  const next = await startRun(venues, data, [], ['--duration', '3']).done;
  const audit = await cli('doctor', '--store', '--data', data);
  const detail = `run ${next.code}, doctor --store ${audit.code}`;
  return check('a run goes on from it, and its audit is clean', next.code === 0 && audit.code === 0, detail);
}
