import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const BIN = fileURLToPath(new URL('../../bin/twinleg.js', import.meta.url));

/** Processes that still run: a test that fails half-way must not leave any. */
const running = new Set<ChildProcess>();

/** A line of the log as JSON. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  json<T>(): T;
}

/** The command line in a process of its own. */
export class Cli {
  readonly child: ChildProcess;
  readonly log: LogLine[] = [];
  readonly done: Promise<CliResult>;
  #stdout = '';
  #stderr = '';

  /** `ownGroup`: what a terminal would signal together is a process group of its own. */
  constructor(
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; node?: string; ownGroup?: boolean } = {},
  ) {
    this.child = spawn(options.node ?? process.execPath, [BIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd ?? tmpdir(),
      detached: options.ownGroup ?? false,
      env: { PATH: process.env.PATH, ...options.env },
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    let rest = '';
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.log.push(JSON.parse(line));
    });
    running.add(this.child);
    this.done = once(this.child, 'close').then(([code]) => {
      running.delete(this.child);
      return { code, stdout: this.#stdout, stderr: this.#stderr, json: () => JSON.parse(this.#stdout) };
    });
  }

  /** Waits for the first line of the log that tells this. */
  async event(name: string, match: (line: LogLine) => boolean = () => true, withinMs = 40_000): Promise<LogLine> {
    const find = () => this.log.find((line) => line.event === name && match(line));
    await until(`the log tells ${name}`, () => find() !== undefined || this.child.exitCode !== null, withinMs);
    const found = find();
    if (found === undefined) throw new Error(`it ended without ${name}: ${this.#stderr}`);
    return found;
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<CliResult> {
    this.child.kill(signal);
    return this.done;
  }
}

export function cli(...args: string[]): Promise<CliResult> {
  return new Cli(args).done;
}

/** A directory of a test's own, gone afterwards, as is every process that the test started. */
export async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'twinleg-test-'));
  try {
    await work(directory);
  } finally {
    for (const child of running) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
