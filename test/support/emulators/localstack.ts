import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, globSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Emulator, started } from './emulators.ts';
import { type Installed, installDynamoDbLocal, installed } from './install.ts';

/** The last release that needs no account; what localstack-compose.yml pins as an image. */
const VERSION = '4.14.0';
/** Its dependencies as they were in its own time. */
const AS_OF = '2026-03-10';

/** LocalStack from its Python package, for machines without a container engine: SQS and DynamoDB, slow but its own. */
export function installLocalStack(): Installed {
  const python = python313();
  if (python === undefined) return { missing: 'python3.13 is not there' };
  const dynamo = installDynamoDbLocal();
  if ('missing' in dynamo) return dynamo;
  return installed(`localstack-${VERSION}`, (folder) => {
    execFileSync(python, ['-m', 'venv', folder], { stdio: 'pipe' });
    const bin = (name: string) => join(folder, 'bin', name);
    execFileSync(bin('pip'), ['install', '--quiet', 'uv'], { stdio: 'pipe' });
    const wanted = ['--exclude-newer', AS_OF, `localstack-core[runtime]==${VERSION}`];
    execFileSync(bin('uv'), ['pip', 'install', '-q', '-p', bin('python'), ...wanted], { stdio: 'pipe' });
    layOutDynamoDb(join(folder, 'data/var/lib/localstack/lib'), join(dynamo.folder, 'lib'));
  });
}

/** Starts the one that `LOCALSTACK_URL` names (from localstack-compose.yml), or the Python package. */
export async function startLocalStack(): Promise<Emulator> {
  const given = process.env.LOCALSTACK_URL;
  if (given !== undefined) {
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const env = { AWS_ENDPOINT_URL: given, AWS_REGION: 'ap-northeast-2', ...keys };
    return { name: 'localstack', url: given, env, stop: async () => {} };
  }
  const found = installLocalStack();
  if ('missing' in found) throw new Error(found.missing);
  const { folder } = found;
  return started('localstack', '/_localstack/health', (port, scratch) =>
    spawn(join(folder, 'bin/python'), ['-m', 'localstack.runtime.main'], {
      cwd: scratch,
      stdio: 'ignore',
      detached: true,
      env: {
        ...process.env,
        OVERRIDE_IN_DOCKER: '0',
        // Its own server ignores the host that it is given.
        GATEWAY_SERVER: 'hypercorn',
        DNS_ADDRESS: '0',
        DYNAMODB_IN_MEMORY: '1',
        // An address of a queue below 127.0.0.1 would be none.
        SQS_ENDPOINT_STRATEGY: 'path',
        GATEWAY_LISTEN: `127.0.0.1:${port}`,
        LOCALSTACK_HOST: `127.0.0.1:${port}`,
        DISABLE_EVENTS: '1',
        SKIP_SSL_CERT_DOWNLOAD: '1',
        FILESYSTEM_ROOT: join(folder, 'data'),
      },
    }),
  );
}

function python313(): string | undefined {
  const candidates = ['python3.13', ...globSync(join(homedir(), '.pyenv/versions/3.13*/bin/python3.13'))];
  return candidates.find((python) => {
    try {
      return execFileSync(python, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(
        '3.13',
      );
    } catch {
      return false;
    }
  });
}

/** Puts what LocalStack would fetch where it looks for it: DynamoDB Local behind our loopback launcher, its loader, a JDK. */
function layOutDynamoDb(lib: string, jars: string): void {
  const home = join(lib, 'dynamodb-local/2');
  mkdirSync(join(home, 'classes'), { recursive: true });
  mkdirSync(join(lib, 'java'), { recursive: true });
  symlinkSync(jars, join(home, 'DynamoDBLocal_lib'));
  const launcher = new URL('./Loopback.java', import.meta.url).pathname;
  copyFileSync(launcher, join(home, 'Loopback.java'));
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: home, stdio: 'pipe' });
  run('javac', '-cp', `${jars}/*`, '-d', 'classes', 'Loopback.java');
  const names = readdirSync(jars).filter((name) => name.endsWith('.jar'));
  // A manifest's line holds 72 bytes and goes on after a blank.
  const path = `Class-Path: ${names.map((name) => `DynamoDBLocal_lib/${name}`).join(' ')}`;
  const folded = path.match(/.{1,70}/g)?.join('\n ') ?? '';
  writeFileSync(join(home, 'manifest'), `Main-Class: Loopback\n${folded}\n`);
  run('jar', 'cfm', 'DynamoDBLocal.jar', 'manifest', '-C', 'classes', '.');
  writeFileSync(join(home, 'Agent.java'), 'public class Agent { public static void premain(String a) {} }\n');
  run('javac', '-d', 'agent', 'Agent.java');
  writeFileSync(join(home, 'agent-manifest'), 'Premain-Class: Agent\n');
  run('jar', 'cfm', 'ddb-local-loader-0.1.jar', 'agent-manifest', '-C', 'agent', '.');
  const jdk = dirname(
    dirname(
      execFileSync('readlink', ['-f', execFileSync('which', ['java'], { encoding: 'utf8' }).trim()], {
        encoding: 'utf8',
      }).trim(),
    ),
  );
  if (!existsSync(join(lib, 'java/21'))) symlinkSync(jdk, join(lib, 'java/21'));
}
