import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { TwinlegError } from '#core/errors.ts';

/** A program that serves HTTP on this machine's loopback. */
export interface Server {
  readonly url: string;
  /** Settles when it ends, by itself or stopped. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Answers 200 once it is up. */
  readonly healthPath: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const START_MS = 60_000;
const STOP_MS = 5000;

/**
 * Starts a program and waits until it answers.
 *
 * @throws TwinlegError `SERVER_NOT_STARTED` with the end of what it said
 */
export async function startServer({ program, args, port, healthPath, env, cwd }: ServerOptions): Promise<Server> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, cwd });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    process.off('exit', atExit);
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  const deadline = performance.now() + START_MS;
  while (!(await isUp(`${url}${healthPath}`))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new TwinlegError('SERVER_NOT_STARTED', `${program} did not start: ${said}`, 'read what it said');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, ended, stop };
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
