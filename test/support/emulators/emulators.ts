import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Installed, installDynamoDbLocal, installMiniStack } from './install.ts';

/** An emulator of AWS that runs on this machine's loopback alone. */
export interface Emulator {
  readonly name: string;
  /** Address of every service that it has. */
  readonly url: string;
  /** Environment for those who talk to it: endpoint, region, and keys that open nothing. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const START_MS = 120_000;

export const EMULATORS = {
  /** SQS, DynamoDB, functions, CloudFormation; accepts some expressions that AWS refuses. */
  ministack: {
    install: installMiniStack,
    start: (env: Readonly<Record<string, string>> = {}) => startMiniStack(require(installMiniStack()), env),
  },
  /** DynamoDB by its maker: the arbiter of what an expression may be. */
  'dynamodb-local': { install: installDynamoDbLocal, start: () => startDynamoDbLocal(require(installDynamoDbLocal())) },
} as const;

/** Why an emulator cannot run here, for a test that then skips itself by name; undefined where it can. */
export function missingEmulator(name: keyof typeof EMULATORS): string | undefined {
  const found = EMULATORS[name].install();
  return 'missing' in found ? `${name}: ${found.missing}` : undefined;
}

function require(found: Installed): string {
  if ('missing' in found) throw new Error(found.missing);
  return found.folder;
}

function startMiniStack(folder: string, env: Readonly<Record<string, string>>): Promise<Emulator> {
  return started('ministack', '/_localstack/health', (port, scratch) =>
    spawn(join(folder, 'bin', 'ministack'), {
      cwd: scratch,
      stdio: 'ignore',
      detached: true,
      env: {
        ...process.env,
        // Functions that it starts have to run on the Node that runs this.
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        IOT_MTLS_ENABLED: '0',
        STATE_DIR: scratch,
        TMPDIR: scratch,
        LOG_LEVEL: 'ERROR',
        MINISTACK_REGION: REGION,
        ...env,
      },
    }),
  );
}

function startDynamoDbLocal(folder: string): Promise<Emulator> {
  const launcher = new URL('./Loopback.java', import.meta.url).pathname;
  const memory = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  return started('dynamodb-local', '/', (port) => {
    const own = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
    return spawn('java', [...memory, '-Djava.library.path=lib', '-cp', 'lib/*:.', launcher, ...own], {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    });
  });
}

const REGION = 'ap-northeast-2';

export async function started(
  name: string,
  path: string,
  launch: (port: number, scratch: string) => ChildProcess,
): Promise<Emulator> {
  const scratch = mkdtempSync(join(tmpdir(), `twinleg-${name}-`));
  const port = await freePort();
  const child = launch(port, scratch);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = (signal: NodeJS.Signals) => {
    try {
      // The whole group: an emulator may have started functions.
      process.kill(-child.pid!, signal);
    } catch {
      // It has ended already.
    }
  };
  const atExit = () => kill('SIGKILL');
  process.once('exit', atExit);
  const stop = async () => {
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(timer);
    kill('SIGKILL');
    process.off('exit', atExit);
    rmSync(scratch, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await answered(`${url}${path}`, ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name,
    url,
    env: { AWS_ENDPOINT_URL: url, AWS_REGION: REGION, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    stop,
  };
}

/** Any answer at all means that it listens. */
async function answered(url: string, ended: Promise<void>): Promise<void> {
  let isUp = false;
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const deadline = performance.now() + START_MS;
  while (!isUp) {
    if (hasEnded || performance.now() > deadline) throw new Error(`the emulator at ${url} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    isUp = await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      () => true,
      () => false,
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
