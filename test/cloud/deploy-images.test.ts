import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { makeBuilder } from '../support/cloud/builder.ts';
import { everythingOf, runScript } from '../support/cloud/deployment.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

const STAGE = 'built';
const skip = missingEmulator('ministack');

describe('a deployment that builds its images', { skip }, () => {
  let emulator: Emulator;
  const builder = makeBuilder();
  const outerPath = process.env.PATH ?? '';
  const empty = mkdtempSync(join(tmpdir(), 'twinleg-no-builder-'));
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    Object.assign(process.env, emulator.env);
  });
  after(async () => {
    for (const folder of [builder.folder, empty]) rmSync(folder, { recursive: true });
    await emulator.stop();
  });
  const deploy = (path: string, fails = '') => {
    process.env.PATH = path;
    process.env.TWINLEG_TEST_FAILS = fails;
    return runScript('deploy', ['--stage', STAGE]);
  };

  test('without a builder, or where building or pushing fails, nothing is deployed, and it is said', async () => {
    const none = await deploy(empty);
    assert.deepEqual([none.status, none.value.error.code], [1, 'NO_BUILDER'], none.stderr);
    for (const step of ['login', 'build', 'push']) {
      const failed = await deploy(builder.folder, step);
      assert.deepEqual([failed.status, failed.value.error.code], [1, 'BUILD_FAILED'], failed.stderr);
      assert.match(failed.value.error.message, new RegExp(`docker ${step} failed`));
    }
    assert.deepEqual(await everythingOf(STAGE), []);
  });

  test('each is built for the stack’s platform, pushed into a repository of the stage, and deployed by its digest', async () => {
    const before = builder.calls().length;
    const { value, stderr } = await deploy(builder.folder);
    assert.match(value.status, /^(CREATE|UPDATE)_COMPLETE$/, stderr);
    const [login, ...rest] = builder.calls().slice(before);
    assert.ok(login!.args.includes('--password-stdin') && login!.input.length > 0);
    assert.ok(!login!.args.includes(login!.input), 'no password among the arguments');
    assert.deepEqual(
      rest.map(({ args }) => args[0]),
      ['build', 'push', 'build', 'push'],
    );
    const builds = rest.filter(({ args }) => args[0] === 'build').map(({ args }) => args.join(' '));
    for (const [i, dockerfile] of ['functions/Dockerfile', 'stream-gateway/Dockerfile'].entries())
      assert.match(builds[i]!, new RegExp(`--platform linux/arm64 -f ${dockerfile}`));
    for (const [name, image] of Object.entries(value.images as Record<string, string>))
      assert.match(image, new RegExp(`/twinleg-${STAGE}-${name}@sha256:[0-9a-f]{64}$`));
    const lambda = new LambdaClient();
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: `twinleg-${STAGE}-evaluate` }));
    lambda.destroy();
    assert.equal(Code?.ImageUri, value.images.functions);
    for (const { imageTagMutability, imageScanningConfiguration } of await repositories())
      assert.deepEqual([imageTagMutability, imageScanningConfiguration?.scanOnPush], ['IMMUTABLE', true]);
  });

  test('its removal asks; where nobody can be asked nothing is touched', async () => {
    const refused = await runScript('remove', ['--stage', STAGE]);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /nobody can be asked[\s\S]*--yes/);
    const { status, shown } = await onTerminal(['--stage', STAGE], 'yes\n');
    assert.match(shown, /Type the stage's name: [\s\S]*nothing was removed; entries are stopped/);
    assert.equal(status, 1, 'yes is not its name');
    assert.ok((await everythingOf(STAGE)).length > 10);
  });

  test('of a stack that exists half, its table and bucket deleted by hand, a removal leaves nothing either', async () => {
    const dynamo = new DynamoDBClient();
    await dynamo.send(new DeleteTableCommand({ TableName: `twinleg-${STAGE}` }));
    dynamo.destroy();
    const bucket = (await everythingOf(STAGE)).find((name) => name.includes('-snapshots-'))!;
    const s3 = new S3Client({ forcePathStyle: true });
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
    s3.destroy();
    const removed = await runScript('remove', ['--stage', STAGE, '--yes']);
    assert.equal(removed.status, 0, removed.stderr);
    assert.equal(removed.value.snapshot, null, 'there was nothing to save');
    assert.deepEqual(await everythingOf(STAGE), []);
    assert.deepEqual(await repositories(), []);
  });

  /** A removal whose terminal says this as soon as it is asked. */
  async function onTerminal(args: readonly string[], answer: string) {
    const program = fileURLToPath(new URL('../../infra/deploy/remove.ts', import.meta.url));
    const terminal = `import os, pty, sys
def read(fd):
    data = os.read(fd, 1024)
    if b"name: " in data: os.write(fd, sys.argv[1].encode())
    return data
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[2:], read)))`;
    const child = spawn('/usr/bin/env', ['python3', '-c', terminal, answer, process.execPath, program, ...args], {
      env: { ...process.env, PATH: outerPath },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let shown = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        shown += chunk;
      });
    }
    const [status] = await once(child, 'close');
    return { status: status as number, shown };
  }

  async function repositories() {
    const ecr = new ECRClient();
    const { repositories: all = [] } = await ecr.send(new DescribeRepositoriesCommand());
    ecr.destroy();
    return all.filter(({ repositoryName }) => repositoryName!.startsWith(`twinleg-${STAGE}-`));
  }
});
