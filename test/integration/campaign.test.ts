import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../bench/campaign/check.ts';
import { provokeAll } from '../../bench/campaign/guards.ts';
import { tradeAndRecompute } from '../../bench/campaign/market.ts';
import { PROVOCATIONS } from '../../bench/campaign/provocations.ts';
import { saveKillRestore } from '../../bench/campaign/state.ts';
import { withDirectory } from '../support/cli.ts';

/** One of each tier; the whole campaign has more, each in a run of its own. */
const IN_RUNS = new Set(['KILL_SWITCH', 'MAX_EXPOSURE', 'THIN_BOOK']);

test('the campaign, short: ten by volume traded and recomputed, every guard, saved, killed, restored', () =>
  withDirectory(async (directory) => {
    const [state, guards] = await Promise.all([
      tradeAndRestore(directory),
      provokeAll(
        directory,
        () => {},
        PROVOCATIONS.filter(({ code }) => IN_RUNS.has(code)),
      ),
    ]);
    allHold('state', state);
    allHold(
      'guards',
      guards.map(({ code, ok, seen }) => ({ name: code, ok, detail: seen })),
    );
  }));

async function tradeAndRestore(directory: string): Promise<readonly Check[]> {
  const { list, runs } = await tradeAndRecompute(directory, 8);
  allHold('the list', list.checks);
  for (const { title, checks } of runs) allHold(title, checks);
  return (await saveKillRestore(directory, `${directory}/guarded`)).checks;
}

function allHold(what: string, checks: readonly Check[]): void {
  assert.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
    what,
  );
}
