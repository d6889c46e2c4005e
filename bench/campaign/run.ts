import { parseArgs } from 'node:util';
import { withDirectory } from '../../test/support/cli.ts';
import { machine } from '../report.ts';
import { provokeAll } from './guards.ts';
import { tradeAndRecompute } from './market.ts';
import { type CampaignReport, figuresOf, writeFigures } from './page.ts';
import { saveKillRestore } from './state.ts';

const PAGE = new URL('../../docs/D73_MULTISYMBOL_FOUNDATION.md', import.meta.url);
const HELP = `Ten symbols on real sockets: traded and recomputed, every limit provoked, saved, killed and restored.

  --seconds N   length of the two recorded runs (300)
  --json        the report as one JSON document on stdout
  --no-write    leave the figures of docs/D73_MULTISYMBOL_FOUNDATION.md as they are

Exit code 3 if any check says no.`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const seconds = Number(values.seconds);
if (values.help) console.log(HELP);
else if (!(seconds >= 5 && seconds <= 86_400)) {
  console.error(`--seconds ${values.seconds} must be a number from 5 to 86400`);
  process.exitCode = 2;
} else await withDirectory(campaign);

async function campaign(directory: string): Promise<void> {
  const tell = (text: string) => console.error(text);
  tell(`trading for ${seconds} s, twice at once; meanwhile every limit is provoked`);
  const [[traded, state], guards] = await Promise.all([
    tradeThenRestore(directory, seconds, tell),
    provokeAll(directory, ({ ok, code, seen }) => tell(`  ${ok ? '✓' : '✗'} ${code}: ${seen}`)),
  ]);
  const checks = [...traded.list.checks, ...traded.runs.flatMap((run) => run.checks), ...state.checks, ...guards];
  const ok = checks.every((each) => each.ok);
  const date = new Date().toISOString().slice(0, 10);
  const report: CampaignReport = { ok, machine: machine(), date, seconds, traded, guards, state };
  if (values.write) writeFigures(PAGE, report);
  console.log(values.json ? JSON.stringify(report, null, 2) : figuresOf(report));
  if (!ok) process.exitCode = 3;
}

async function tradeThenRestore(directory: string, seconds: number, tell: (text: string) => void) {
  const traded = await tradeAndRecompute(directory, seconds);
  for (const { title, trades } of traded.runs) tell(`  ${title}: ${trades} closed positions`);
  tell('saving, killing, restoring');
  return [traded, await saveKillRestore(directory, `${directory}/guarded`)] as const;
}
