import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { after, before, describe, test } from 'node:test';
import {
  CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Claim, claimParameter, whileClaimed } from '../../infra/deploy/claim.ts';
import { everythingOf, IMAGES, runScript, type ScriptResult } from '../support/cloud/deployment.ts';
import { startRefusing } from '../support/cloud/refusing.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { until } from '../support/until.ts';

const STAGE = 'once';
const skip = missingEmulator('ministack');

describe('deployments and removals of one stage at the same time', { skip }, () => {
  let emulator: Emulator;
  let ssm: SSMClient;
  let sqs: SQSClient;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
    Object.assign(process.env, emulator.env);
    ssm = new SSMClient();
    sqs = new SQSClient();
  });
  after(() => {
    ssm.destroy();
    sqs.destroy();
    return emulator.stop();
  });
  const deploy = () => runScript('deploy', ['--stage', STAGE, ...IMAGES]);
  const remove = () => runScript('remove', ['--stage', STAGE, '--yes']);

  test('of two deployments one is refused and says who is at work, as is a removal; the stack is whole', async () => {
    const both = [deploy(), deploy()];
    await until('a deployment is at work', async () => (await claimed())?.what === 'a deployment', 30_000);
    const removing = await remove();
    assert.equal(removing.value.error?.code, 'DEPLOY_RUNNING', removing.stderr);
    const done = oneRefused(await Promise.all(both));
    assert.match(done.value.status, /^(CREATE|UPDATE)_COMPLETE$/, done.stderr);
    await assertWhole();
    assert.equal(await claimed(), null, 'whoever ends gives it back');
  });

  test('a removal is not held up by who was killed; a deployment during it is refused, and nothing is left', async () => {
    const killed: Claim = { what: 'a deployment', host: hostname(), pid: 2 ** 22 + 1, sinceMs: Date.now() };
    const Value = JSON.stringify(killed);
    await ssm.send(new PutParameterCommand({ Name: claimParameter(STAGE), Value, Type: 'String' }));
    const removing = remove();
    await until('the removal is at work', async () => (await claimed())?.what === 'a removal', 30_000);
    const done = oneRefused([await deploy(), await removing]);
    assert.equal(done.status, 0, done.stderr);
    assert.deepEqual(await everythingOf(STAGE), []);
  });

  test('a claim that cannot be given back undoes nothing of what was done, and holds the next one up', async () => {
    const proxy = await startRefusing(emulator.url, (call) =>
      call.endsWith('.DeleteParameter') ? 'AccessDeniedException' : null,
    );
    process.env.AWS_ENDPOINT_URL = proxy.url;
    try {
      const claim = () => whileClaimed('back', emulator.env.AWS_REGION!, 'a deployment', async () => 'done');
      assert.equal(await claim(), 'done');
      await assert.rejects(claim(), { code: 'DEPLOY_RUNNING' });
    } finally {
      process.env.AWS_ENDPOINT_URL = emulator.url;
      await proxy.close();
    }
  });

  async function claimed(): Promise<Claim | null> {
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: claimParameter(STAGE) }));
      return JSON.parse(Parameter!.Value!);
    } catch {
      return null;
    }
  }

  async function assertWhole(): Promise<void> {
    const formation = new CloudFormationClient();
    const resources: StackResourceSummary[] = [];
    for await (const page of paginateListStackResources({ client: formation }, { StackName: `twinleg-${STAGE}` }))
      resources.push(...page.StackResourceSummaries!);
    formation.destroy();
    const odd = resources.filter(({ ResourceStatus }) => !/^(CREATE|UPDATE)_COMPLETE$/.test(ResourceStatus!));
    assert.deepEqual(odd, []);
    const made = resources.filter(({ ResourceType }) => ResourceType === 'AWS::SQS::Queue');
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `twinleg-${STAGE}-` }));
    assert.ok(made.length > 4);
    const names = (urls: readonly (string | undefined)[]) => urls.map((url) => url!.split('/').at(-1)).sort();
    assert.deepEqual(names(QueueUrls), names(made.map(({ PhysicalResourceId }) => PhysicalResourceId)));
  }
});

/** @returns the one of two that was not */
function oneRefused(results: readonly ScriptResult[]): ScriptResult {
  const refused = results.filter(({ value }) => value?.error?.code === 'DEPLOY_RUNNING');
  assert.equal(refused.length, 1, results.map(({ stderr }) => stderr).join('\n---\n'));
  assert.equal(refused[0]!.status, 1);
  assert.match(
    refused[0]!.stderr,
    /a (deployment|removal) is at work on this stage: process \d+ on .*nothing was changed/,
  );
  return results.find((each) => each !== refused[0])!;
}
