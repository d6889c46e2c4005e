import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BOT_TOKEN, CHAT_ID } from './bot.ts';
import { untilThere } from './wait.ts';

const BIN = fileURLToPath(new URL('../bin/twinleg.js', import.meta.url));
export const WEBHOOK_SECRET = 'rehearsal';
const START_MS = 60_000;

/** A line of the run's log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** `twinleg run` in a process of its own; it ends when this one does. */
export class RunProcess {
  readonly child: ChildProcess;
  readonly log: LogLine[] = [];
  readonly ended: Promise<number | null>;
  url = '';

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [BIN, 'run', '--port', '0', '--json', ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH,
        TELEGRAM_BOT_TOKEN: BOT_TOKEN,
        TELEGRAM_CHAT_ID: CHAT_ID,
        ALERTMANAGER_WEBHOOK_SECRET: WEBHOOK_SECRET,
      },
    });
    let rest = '';
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine);
    });
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  async started(): Promise<void> {
    const line = await this.line('started', 0, START_MS);
    this.url = String(line.url);
  }

  /** The first line of an event from a place of the log on. */
  line(event: string, from: number, withinMs: number): Promise<LogLine> {
    const find = () => this.log.slice(from).find((line) => line.event === event);
    return untilThere(
      `the run tells ${event}`,
      () => {
        const found = find();
        if (found === undefined && this.child.exitCode !== null)
          throw new Error(`the run ended by itself: ${this.#end()}`);
        return found;
      },
      withinMs,
    );
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** A clean stop. @returns its exit code */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  #end(): string {
    return JSON.stringify(this.log.slice(-3));
  }
}
