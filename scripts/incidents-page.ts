import { INCIDENTS } from '../incidents/registry.ts';
import type { Incident } from '../incidents/types.ts';

const HEAD = `# Incidents that are rehearsed

\`npx twinleg incident list\` shows them, \`npx twinleg incident NAME\` rehearses one, \`incident quick\` those of half a minute,
\`incident all\` all of them (\`--at-once N\`; two where it is left out). Each is on paper and on real parts of its own, in a
directory that is gone afterwards: a run in a process of its own with its SQLite file, both simulated venues on sockets, a
server that speaks Telegram's Bot API. No store, token or chat of yours is used.

A rehearsal starts from a run that trades and has raised nothing, does what the table says, and waits until each alert that
must come is with the operator, in time. Then it takes the cause back and waits until the run is well by its own \`/health\`, a
position opened since has been closed, every alert is over and the operator knows it. After two more quiet seconds it stops
the run, audits its store (as \`doctor --store\` does) and counts: one message for one cause. Any alert that is not expected
makes it fail, those that are named as quiet above all: they are what the same cause might raise as well. An alert that a graver
one explains is in the history (\`inhibited\`) and is told only where it outlasts the graver one by 90 s.

Exit code 0 where all that was rehearsed was as it has to be, 3 otherwise. What cannot be done on a machine is named as
skipped, with the reason.
`;

const FOOT = `
An incident is one file in \`incidents/list/\` and one line in \`incidents/registry.ts\`; this page is made of them by
\`npm run generate\`. \`npm run test:incidents\` rehearses all, \`npm run test:integration\` the quick ones.
`;

/** \`docs/incidents.md\`, made from the registry. */
export async function incidentsPage(): Promise<string> {
  const sections = await Promise.all(
    Object.entries(INCIDENTS).map(async ([name, load]) => section(name, (await load()).incident)),
  );
  return [HEAD, ...sections, FOOT.trimStart()].join('\n');
}

function section(name: string, { done, expected, quiet, recovery, recoversWithinMs, slow }: Incident): string {
  const codes = Object.entries(expected).map(([code, withinMs]) => `\`${code}\` within ${withinMs / 1000} s`);
  return `## ${name}

- **Done**: ${done}${slow ? ' (slow)' : ''}.
- **Must come**: ${codes.join(', ')}.
- **Must not**: anything else; above all ${quiet.map((code) => `\`${code}\``).join(', ')}.
- **Recovery**: ${recovery}; all is well within ${recoversWithinMs / 1000} s.
`;
}
