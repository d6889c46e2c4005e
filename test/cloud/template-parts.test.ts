import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { TTL_ATTRIBUTE } from '#adapters/store/dynamodb/table.ts';
import { packageStage, type Template } from '../support/template.ts';

type Properties = Record<string, unknown>;
type Reference = { readonly 'Fn::GetAtt': readonly [string, string] };

/** AWS asks for so many times the function's own timeout, so that no message comes again while it is at work. */
const PATIENCE = 6;
/** Shared by parts that put messages there and read by people. */
const READ_BY_PEOPLE = ['DeadLetters', 'TickLog'];

describe('the parts of the packaged stack', () => {
  let template: Template;
  before(() => {
    template = packageStage('parts', { TWINLEG__EXECUTION__EXECUTOR: 'host' }).template;
  });
  const of = (type: string): Map<string, Properties> =>
    new Map(
      Object.entries(template.Resources)
        .filter(([, { Type }]) => Type === type)
        .map(([name, { Properties: properties }]) => [name, properties]),
    );
  const target = (reference: unknown) => (reference as Reference)['Fn::GetAtt'][0];

  test('each queue that is worked off has dead letters, which stay for two weeks', () => {
    const queues = of('AWS::SQS::Queue');
    const deadLetters = new Set<string>();
    const worked: string[] = [];
    for (const [name, { RedrivePolicy, SqsManagedSseEnabled }] of queues) {
      assert.equal(SqsManagedSseEnabled, true, name);
      if (RedrivePolicy === undefined) continue;
      worked.push(name);
      const { deadLetterTargetArn, maxReceiveCount } = RedrivePolicy as Properties;
      deadLetters.add(target(deadLetterTargetArn));
      assert.ok(Number(maxReceiveCount) >= 3, name);
    }
    assert.deepEqual(worked.sort(), ['AlertQueue', 'OrdersQueue', 'WorkQueue']);
    assert.deepEqual([...worked, ...deadLetters, ...READ_BY_PEOPLE].sort(), [...queues.keys()].sort());
    for (const name of [...deadLetters, 'DeadLetters'])
      assert.equal(queues.get(name)!.MessageRetentionPeriod, 14 * 86_400, name);
  });

  test('no message comes again while its function is at work', () => {
    const mappings = of('AWS::Lambda::EventSourceMapping');
    assert.equal(mappings.size, 2);
    for (const [name, { EventSourceArn, FunctionName, FunctionResponseTypes }] of mappings) {
      const { VisibilityTimeout } = of('AWS::SQS::Queue').get(target(EventSourceArn))!;
      const { Timeout } = of('AWS::Lambda::Function').get(target(FunctionName))!;
      assert.ok(Number(VisibilityTimeout) >= PATIENCE * Number(Timeout), name);
      assert.deepEqual(FunctionResponseTypes, ['ReportBatchItemFailures'], name);
    }
  });

  test('the table goes back to any second, expires what it should and is paid by use', () => {
    const [table, ...others] = of('AWS::DynamoDB::Table').values();
    assert.equal(others.length, 0);
    assert.deepEqual(table!.PointInTimeRecoverySpecification, { PointInTimeRecoveryEnabled: true });
    assert.deepEqual(table!.TimeToLiveSpecification, { AttributeName: TTL_ATTRIBUTE, Enabled: true });
    assert.equal(table!.BillingMode, 'PAY_PER_REQUEST');
  });

  test('the bucket keeps versions, is encrypted, and nobody else reads it', () => {
    const bucket = of('AWS::S3::Bucket').get('SnapshotBucket');
    assert.deepEqual(bucket!.VersioningConfiguration, { Status: 'Enabled' });
    const blocks = Object.entries(bucket!.PublicAccessBlockConfiguration as Properties);
    assert.deepEqual(
      blocks.map(([, value]) => value),
      [true, true, true, true],
    );
    assert.match(JSON.stringify(bucket!.BucketEncryption), /AES256|aws:kms/);
    const policy = of('AWS::S3::BucketPolicy').get('SnapshotBucketPolicy');
    assert.deepEqual(
      (policy!.PolicyDocument as { Statement: { Effect: string }[] }).Statement.map(({ Effect }) => Effect),
      ['Deny'],
    );
  });

  test('gateway and worker are services of one cluster that go back where a new one is not well', () => {
    const services = [...of('AWS::ECS::Service').values()];
    assert.deepEqual(services.map(({ ServiceName }) => ServiceName).sort(), [
      'twinleg-parts-executor',
      'twinleg-parts-gateway',
    ]);
    const tasks = of('AWS::ECS::TaskDefinition');
    for (const { Cluster, TaskDefinition, DeploymentConfiguration, DesiredCount } of services) {
      assert.deepEqual(Cluster, { Ref: [...of('AWS::ECS::Cluster').keys()][0] });
      assert.ok(tasks.has((TaskDefinition as { Ref: string }).Ref));
      assert.equal(DesiredCount, 1);
      const { DeploymentCircuitBreaker } = DeploymentConfiguration as Properties;
      assert.deepEqual(DeploymentCircuitBreaker, { Enable: true, Rollback: true });
    }
  });

  test('functions are images by digest, carry the stage’s tags, and lie in Seoul where nobody says otherwise', () => {
    const functions = of('AWS::Lambda::Function');
    assert.ok(functions.size >= 7);
    for (const [name, { Tags, Code, PackageType, Environment }] of functions) {
      assert.equal(PackageType, 'Image', name);
      assert.match((Code as { ImageUri: string }).ImageUri, /@sha256:[0-9a-f]{64}$/, name);
      assert.deepEqual(
        Object.fromEntries((Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value])),
        { app: 'twinleg', stage: 'parts' },
        name,
      );
      const { Variables } = Environment as { Variables: Record<string, string> };
      assert.equal(Variables.TWINLEG__CLOUD__REGION, 'ap-northeast-2', name);
    }
  });

  test('every function’s log is there before it, so that it ends: a log that a function makes is kept for ever', () => {
    const logs = [...of('AWS::Logs::LogGroup').values()].map(({ LogGroupName }) => LogGroupName);
    for (const { FunctionName } of of('AWS::Lambda::Function').values())
      assert.ok(logs.includes(`/aws/lambda/${FunctionName}`), String(FunctionName));
    assert.ok(logs.includes('/ecs/twinleg-parts-gateway') && logs.includes('/ecs/twinleg-parts-executor'));
  });
});
