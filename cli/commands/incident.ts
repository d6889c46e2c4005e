import { nearest } from '#core/text.ts';
import { INCIDENTS } from '../../incidents/registry.ts';
import { rehearse } from '../../incidents/rehearse.ts';
import type { Incident, Rehearsal } from '../../incidents/types.ts';
import { type Command, EXIT } from '../command.ts';
import { type Context, usageError } from '../context.ts';
import { number } from '../options.ts';
import { paint, table } from '../output.ts';

/** Rehearsals at once: each has a run, both venues and a Bot API of its own, and mostly waits. */
const AT_ONCE = 2;

export const command: Command = {
  name: 'incident',
  summary: 'rehearse what can go wrong, on paper and on real parts of its own: alerts that must come, and no other',
  arguments: [{ name: '<name>', about: 'list shows them; one by name; quick, or all' }],
  options: [
    {
      flags: '--at-once <n>',
      about: `how many are rehearsed side by side (${AT_ONCE})`,
      parse: number({ least: 1, most: 20, whole: true }),
    },
  ],
  async run(context) {
    const [asked = 'list'] = context.args;
    if (asked === 'list') return list(context);
    const incidents = await chosen(asked);
    const results = await rehearseAll(incidents, context.option<number>('atOnce') ?? AT_ONCE, (line) =>
      context.log('info', 'incident', { message: line }),
    );
    context.out.result(results, resultTable);
    const rehearsed = results.filter(({ ok }) => ok !== null);
    return rehearsed.length > 0 && rehearsed.every(({ ok }) => ok) ? EXIT.done : EXIT.no;
  },
};

async function load(names: readonly string[]): Promise<(readonly [string, Incident])[]> {
  return Promise.all(names.map(async (name) => [name, (await INCIDENTS[name]!()).incident] as const));
}

async function chosen(asked: string): Promise<(readonly [string, Incident])[]> {
  const names = Object.keys(INCIDENTS);
  if (asked === 'all') return load(names);
  if (asked === 'quick') return (await load(names)).filter(([, { slow }]) => slow === undefined);
  if (Object.hasOwn(INCIDENTS, asked)) return load([asked]);
  const meant = nearest(asked, names);
  throw usageError(
    `there is no incident ${asked}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    'npx twinleg incident list shows all',
  );
}

async function rehearseAll(
  incidents: readonly (readonly [string, Incident])[],
  atOnce: number,
  tell: (line: string) => void,
): Promise<Rehearsal[]> {
  const waiting = [...incidents.entries()];
  const results: Rehearsal[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, [name, incident]] = next;
      const result = await rehearse(name, incident, (step) => tell(`${name} ${step}`));
      results[place] = result;
      const word =
        result.ok === null ? `skipped: ${result.skipped}` : result.ok ? 'as it has to be' : 'not as it has to be';
      tell(`${name}: ${word} (${results.filter(Boolean).length} of ${incidents.length})`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

async function list(context: Context): Promise<undefined> {
  const all = await load(Object.keys(INCIDENTS));
  const rows = all.map(([name, incident]) => ({
    name,
    done: incident.done,
    expected: incident.expected,
    allowed: incident.allowed ?? [],
    quiet: incident.quiet,
    recovery: incident.recovery,
    recoversWithinMs: incident.recoversWithinMs,
    slow: incident.slow ?? false,
    missing: incident.missing?.() ?? null,
  }));
  context.out.result(rows, (shown) =>
    table(shown, [
      { title: 'name', value: ({ name }) => name },
      { title: 'what is done', value: ({ done }) => done },
      { title: 'alerts that must come', value: ({ expected }) => alertsWithin(expected) },
      { title: '', value: ({ slow, missing }) => (missing !== null ? `skipped: ${missing}` : slow ? 'slow' : '') },
    ]),
  );
  return undefined;
}

function alertsWithin(expected: Incident['expected']): string {
  const each = Object.entries(expected).map(([code, withinMs]) => `${code} (${withinMs / 1000} s)`);
  return each.length === 0 ? 'none' : each.join(', ');
}

function resultTable(results: readonly Rehearsal[]): string {
  const seconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`);
  return table(results, [
    {
      title: '',
      value: ({ ok }) => (ok === null ? paint('dim', '–') : ok ? paint('green', '✓') : paint('red', '✗')),
    },
    { title: 'incident', value: ({ name }) => name },
    { title: 'alerts', value: ({ seen }) => seen.join(', ') || 'none' },
    { title: 'told after', value: ({ alertAfterMs }) => seconds(alertAfterMs) },
    { title: 'well after', value: ({ recoveredAfterMs }) => seconds(recoveredAfterMs) },
    {
      title: 'what is wrong',
      value: ({ faults, skipped }) => (skipped === null ? faults.join('; ') : `skipped: ${skipped}`),
    },
  ]);
}
