import { join } from 'node:path';
import type { DecisionRecord } from '#core/engine/state.ts';
import { GUARDS } from '#core/guards/index.ts';
import type { PositionView, Trade } from '#core/portfolio/trade.ts';
import type { LogLine } from '../../test/support/cli.ts';
import { CASES, tempt } from '../../test/unit/guards/cases.ts';
import { type Evidence, PROVOCATIONS, type Provocation } from './provocations.ts';
import { ask, fault, pause, startRun, withVenues } from './session.ts';

export interface GuardRow {
  readonly code: string;
  readonly tier: string;
  /** In a run on real sockets, or in the machine fed by hand. */
  readonly where: 'run' | 'machine';
  readonly how: string;
  readonly seen: string;
  readonly ok: boolean;
}

/** How long a run may take to reach its limit, and how long it goes on against it, ms. */
const REACH_MS = 25_000;
const AGAINST_MS = 2000;
const AT_ONCE = 3;

/**
 * Every guard provoked once: in a run where a short one can, in the machine for all others.
 *
 * @param inRuns those that a run is started for
 */
export async function provokeAll(
  directory: string,
  progress: (row: GuardRow) => void,
  inRuns: readonly Provocation[] = PROVOCATIONS,
): Promise<GuardRow[]> {
  const rows = new Map<string, GuardRow>();
  const add = (row: GuardRow) => {
    rows.set(row.code, row);
    progress(row);
  };
  const waiting = [...inRuns];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) add(await inRun(directory, next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const { code } of GUARDS) if (!rows.has(code)) add(inMachine(code));
  return GUARDS.map(({ code }) => rows.get(code)!);
}

const tierOf = (code: string) => GUARDS.find((guard) => guard.code === code)?.tier ?? '–';

/** A short run of its own, on venues of its own, so that no fault reaches another. */
function inRun(directory: string, provocation: Provocation): Promise<GuardRow> {
  const { code, how, sets } = provocation;
  const row = { code, tier: tierOf(code), where: 'run', how } as const;
  return withVenues(75, async (venues) => {
    const data = join(directory, code);
    const run = startRun(venues, data, sets);
    try {
      await run.event('started');
      if (provocation.command !== undefined) await ask(provocation.command, '--data', data);
      for (const [waitMs, body] of provocation.faults ?? []) {
        await pause(waitMs);
        await fault(venues, body);
      }
      const isIt = (line: { event: string; code?: unknown }) =>
        line.code === code && (line.event === 'refused' || line.event === 'guard_holds');
      const deadline = performance.now() + REACH_MS;
      while (!run.log.some(isIt) && performance.now() < deadline) await pause(50);
      const fired = run.log.some(isIt);
      await pause(AGAINST_MS);
      const stopped = await run.stop();
      if (stopped.code !== 0) return { ...row, seen: `the run ended with ${stopped.code}`, ok: false };
      const seen = provocation.seen(await leftBehind(data, run.log));
      if (fired) return { ...row, seen: `fired; ${seen.detail}`, ok: seen.held };
      const byHand = inMachine(code);
      return { ...byHand, how: `${byHand.how}; a run did not reach ${how}`, ok: byHand.ok && seen.held };
    } finally {
      run.child.kill('SIGKILL');
    }
  });
}

async function leftBehind(data: string, log: readonly LogLine[]): Promise<Evidence> {
  const trades = await ask<Trade[]>('trades', '--data', data);
  const open = await ask<PositionView[]>('positions', '--data', data);
  const decisions: DecisionRecord[] = [];
  const symbols = new Set(log.filter(({ event }) => event === 'decision' || event === 'refused').map(nameOf));
  for (const symbol of symbols) {
    decisions.push(...(await ask<DecisionRecord[]>('why', symbol, '--last', '100000', '--data', data)));
  }
  return { positions: [...trades, ...open], decisions, log };
}

const nameOf = ({ symbol }: LogLine) => String(symbol);

/** The situation that the guard's own test describes: it refuses there and lets pass beside it. */
function inMachine(code: string): GuardRow {
  const { fires, passes } = CASES[code]!;
  const refused = tempt(fires);
  const passed = tempt(passes);
  const ok = refused.refusals[0] === code && !refused.entered && passed.entered && passed.refusals.length === 0;
  refused.t.close();
  passed.t.close();
  const seen = `${refused.entered ? 'entered' : 'no entry'} in its situation, ${passed.entered ? 'entered' : 'no entry'} beside it`;
  return { code, tier: tierOf(code), where: 'machine', how: 'the situation of its test, fed by hand', seen, ok };
}
