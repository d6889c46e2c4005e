import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that this stack can use: the names under which systems install it, and how to get it. */
interface Program {
  readonly names: readonly string[];
  readonly install: string;
}

const DEBIAN = 'apt-get install prometheus prometheus-alertmanager (Debian, Ubuntu)';

export const PROGRAMS = {
  prometheus: { names: ['prometheus'], install: `${DEBIAN}, brew install prometheus (macOS)` },
  promtool: { names: ['promtool'], install: `${DEBIAN}; it comes with Prometheus` },
  alertmanager: { names: ['prometheus-alertmanager', 'alertmanager'], install: `${DEBIAN}, brew install alertmanager` },
  amtool: { names: ['amtool'], install: `${DEBIAN}; it comes with Alertmanager` },
  grafana: { names: ['grafana'], install: 'see grafana.com/docs: Install Grafana' },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;

/** Where a program lies; null where it is not installed. */
export function findProgram(name: ProgramName, path = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    for (const file of PROGRAMS[name].names) {
      const candidate = join(folder, file);
      if (existsSync(candidate) && isExecutable(candidate)) return candidate;
    }
  }
  return null;
}

/** What is not installed of these, each with how to get it; undefined where all are there. */
export function missingPrograms(...names: readonly ProgramName[]): string | undefined {
  const missing = names.filter((name) => findProgram(name) === null);
  if (missing.length === 0) return undefined;
  return missing.map((name) => `${name} is not installed: ${PROGRAMS[name].install}`).join('\n');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
