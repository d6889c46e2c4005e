import { cpus } from 'node:os';

/** One measured figure beside its goal. */
export interface Figure {
  readonly name: string;
  readonly measured: number;
  readonly unit: string;
  /** What it should be, for people: `< 0.2`. */
  readonly goal: string;
  readonly met: boolean;
}

export function below(name: string, measured: number, unit: string, limit: number): Figure {
  return { name, measured, unit, goal: `< ${limit}`, met: measured < limit };
}

export function atLeast(name: string, measured: number, unit: string, limit: number): Figure {
  return { name, measured, unit, goal: `≥ ${round(limit)}`, met: measured >= limit };
}

/** A figure without a goal of its own. */
export function plain(name: string, measured: number, unit: string): Figure {
  return { name, measured, unit, goal: '–', met: true };
}

/** The middle of several repetitions. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A benchmark and what it is told on the command line after its name. */
export interface Bench {
  readonly title: string;
  readonly run: (options: readonly string[]) => Promise<Figure[]> | Figure[];
}

/** Runs those that the command line names, all without a name; what begins with `--` and follows is theirs. */
export async function runBenches(benches: Readonly<Record<string, Bench>>, words: readonly string[]): Promise<void> {
  const firstOption = words.findIndex((word) => word.startsWith('--'));
  const asked = firstOption < 0 ? words : words.slice(0, firstOption);
  const options = firstOption < 0 ? [] : words.slice(firstOption);
  const unknown = asked.filter((name) => benches[name] === undefined);
  if (unknown.length > 0) {
    console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
    process.exit(2);
  }
  console.log(machine());
  for (const [name, { title, run }] of Object.entries(benches)) {
    if (asked.length === 0 || asked.includes(name)) print(title, await run(options));
  }
}

export function machine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
}

export function print(title: string, figures: readonly Figure[]): void {
  console.log(`\n${title}`);
  for (const { name, measured, unit, goal, met } of figures) {
    console.log(
      `  ${met ? '✓' : '✗'} ${name.padEnd(58)} ${String(round(measured)).padStart(10)} ${unit.padEnd(10)} goal ${goal}`,
    );
  }
}

function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
