import type { LiveRun } from '#adapters/wiring/live-run.ts';
import { boardLines } from './render.ts';

const EVERY_MS = 500;
/** Events kept for the pane. */
const KEPT_EVENTS = 100;
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

/** A page on the terminal that shows a run as it goes. */
export interface Board {
  log(line: string): void;
  show(run: LiveRun): void;
  /** Gives the terminal back. May be called twice. */
  close(): void;
}

export function openBoard(stdout: NodeJS.WriteStream): Board {
  const events: string[] = [];
  let run: LiveRun | null = null;
  let open = true;

  function draw(): void {
    const size = { columns: stdout.columns ?? 100, rows: stdout.rows ?? 30 };
    const lines = boardLines(run === null ? null : { view: run.view(), standings: run.standings() }, events, size);
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`);
  }

  function close(): void {
    if (!open) return;
    open = false;
    clearInterval(timer);
    process.off('exit', close);
    stdout.write(LEAVE);
  }

  stdout.write(ENTER);
  const timer = setInterval(draw, EVERY_MS);
  // Whatever ends the process, the terminal must be usable afterwards.
  process.on('exit', close);
  draw();
  return {
    log(line) {
      events.push(line.trimEnd());
      if (events.length > KEPT_EVENTS) events.shift();
    },
    show(started) {
      run = started;
    },
    close,
  };
}
