import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LAYOUTS, MARKETS, type MeasuredHour } from '#core/cost/rates.ts';
import { EMULATORS } from '../../test/support/emulators/emulators.ts';
import { type Figure, plain } from '../report.ts';
import { countedRun } from './counted-run.ts';

const FILE = fileURLToPath(new URL('../../core/cost/measured.json', import.meta.url));
const FRAMES_A_SYMBOL = 20;

/**
 * Counts what a deployment uses in an hour, and keeps it where `twinleg cost` reads it. Options: `--market`, `--layout`,
 * `--symbols`, `--minutes` (60; what is shorter is scaled, and says so), `--dry` to keep nothing.
 */
export async function benchHour(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      market: { type: 'string', default: 'quiet' },
      layout: { type: 'string', default: 'sharded' },
      symbols: { type: 'string', default: '20' },
      minutes: { type: 'string', default: '60' },
      dry: { type: 'boolean', default: false },
    },
  });
  const market = oneOf(MARKETS, values.market);
  const layout = oneOf(LAYOUTS, values.layout);
  const symbols = Number(values.symbols);
  const seconds = Math.round(Number(values.minutes) * 60);
  const framesPerSecond = FRAMES_A_SYMBOL * symbols;
  const emulator = await EMULATORS.ministack.start();
  try {
    const run = { symbols, isLively: market === 'lively', layout, framesPerSecond, seconds };
    const { rates, lateShare } = await countedRun(run, emulator);
    const measuredOn = new Date().toISOString().slice(0, 10);
    const hour: MeasuredHour = { market, layout, symbols, measuredOn, seconds, framesPerSecond, lateShare, rates };
    if (!values.dry) keep(hour);
    const told = `${symbols} symbols, ${market}, ${layout}, counted for ${seconds} s`;
    return [
      plain(`${told}: came too late to be judged`, lateShare, 'share'),
      ...Object.entries(rates).map(([name, rate]) => plain(`${told}: ${name}`, rate, 'an hour')),
    ];
  } finally {
    await emulator.stop();
  }
}

/** In the place of an older measurement of the same. */
function keep(hour: MeasuredHour): void {
  const before = JSON.parse(readFileSync(FILE, 'utf8')) as MeasuredHour[];
  const nameOf = ({ market, layout, symbols }: MeasuredHour) => `${market} ${layout} ${String(symbols).padStart(4)}`;
  const others = before.filter((other) => nameOf(other) !== nameOf(hour));
  const all = [...others, hour].sort((a, b) => nameOf(b).localeCompare(nameOf(a)));
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}

function oneOf<T extends string>(known: readonly T[], asked: string): T {
  const found = known.find((name) => name === asked);
  if (found === undefined) throw new Error(`${asked}: it is one of ${known.join(', ')}`);
  return found;
}
