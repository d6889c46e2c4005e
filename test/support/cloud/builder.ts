import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What it was told, as it was told. */
export interface BuilderCall {
  readonly args: readonly string[];
  readonly input: string;
}

/**
 * A folder with a `docker` that builds nothing and puts an image with the tag that it is told to push into the registry
 * of the emulator, of which the rest of a deployment is a registry like any other.
 */
export function makeBuilder(): { readonly folder: string; calls(): BuilderCall[] } {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-builder-'));
  const log = join(folder, 'calls.jsonl');
  writeFileSync(log, '');
  const program = join(folder, 'docker');
  writeFileSync(
    program,
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const args = process.argv.slice(2);
const input = args[0] === 'login' ? readFileSync(0, 'utf8') : '';
if (args[0] !== '--version') appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, input }) + '\\n');
if (args[0] === process.env.TWINLEG_TEST_FAILS) process.exit(1);
if (args[0] === 'push') {
  const { ECRClient, PutImageCommand } = createRequire(${JSON.stringify(import.meta.url)})('@aws-sdk/client-ecr');
  const [, repositoryName, imageTag] = /([^/]+):([^:]+)$/.exec(args[1]);
  const imageManifest = JSON.stringify({ schemaVersion: 2, config: { digest: 'sha256:' + '2'.repeat(64) }, of: args[1] });
  new ECRClient().send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
}
`,
  );
  chmodSync(program, 0o755);
  return {
    folder,
    calls: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as BuilderCall),
  };
}
