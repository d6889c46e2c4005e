import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

/** Of `/proc`, a second. */
const CLOCK_TICKS = 100;
const MAIN = fileURLToPath(new URL('../../stream-gateway/main.ts', import.meta.url));

interface LogLine {
  readonly atMs: number;
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** The gateway as it is started in a container, with all that it logs. */
export class GatewayProcess {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];

  /** @param main the program, where it is not run from its sources */
  constructor(settings: readonly string[], env: Readonly<Record<string, string>>, main = MAIN) {
    const sets = ['server.port=0', ...settings].flatMap((set) => ['--set', set]);
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...sets], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    createInterface(this.child.stderr!).on('line', (line) => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
    });
  }

  said(event: string): LogLine | undefined {
    return this.lines.find((line) => line.event === event);
  }

  async saying(event: string, withinMs = 30_000): Promise<LogLine> {
    await until(event, () => this.said(event) !== undefined, withinMs).catch((error) => {
      throw new Error(`it did not say ${event}, but: ${JSON.stringify(this.lines.slice(-4))}`, { cause: error });
    });
    return this.said(event)!;
  }

  get url(): string {
    return String(this.said('started')?.url);
  }

  /** What Prometheus reads. */
  async page(): Promise<string> {
    return await (await fetch(`${this.url}/metrics`)).text();
  }

  /** Sum of a metric's series whose name and labels begin so. */
  async metric(name: string): Promise<number> {
    const lines = (await this.page()).split('\n').filter((line) => line.startsWith(`twinleg_${name}`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** Processor time that the process has used, s. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGCONT');
      this.child.kill(signal);
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }
}
