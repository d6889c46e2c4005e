import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { STACK } from '#core/cost/stack.ts';
import { packageStage, type Template } from '../support/template.ts';

describe('what a bill takes for granted is what the packaged stack has (core/cost/stack.ts)', () => {
  let resources: Template['Resources'];
  before(() => {
    resources = packageStage('anystage2').template.Resources;
  });
  const all = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
  const properties = (type: string) => all(type).map(([, { Properties }]) => Properties);

  test('one gateway of that size, functions of that memory', () => {
    const task = properties('AWS::ECS::TaskDefinition')[0]!;
    assert.deepEqual([Number(task.Cpu) / 1024, Number(task.Memory) / 1024], [STACK.gatewayVcpu, STACK.gatewayGb]);
    assert.equal((task.RuntimePlatform as { CpuArchitecture: string }).CpuArchitecture, 'ARM64');
    const services = properties('AWS::ECS::Service').map(({ DesiredCount }) => Number(DesiredCount));
    assert.equal(
      services.reduce((a, b) => a + b, 0),
      STACK.gateways,
    );
    for (const { MemorySize, Architectures } of properties('AWS::Lambda::Function')) {
      assert.deepEqual([Number(MemorySize) / 1024, Architectures], [STACK.functionGb, ['arm64']]);
    }
  });

  test('so many mappings, alarms and secrets; logs as long; nothing that costs by the hour besides', () => {
    const fifo = new Set(
      all('AWS::SQS::Queue').flatMap(([name, { Properties }]) => (Properties.FifoQueue ? [name] : [])),
    );
    const sources = properties('AWS::Lambda::EventSourceMapping').map(({ EventSourceArn }) => {
      const { 'Fn::GetAtt': [name = ''] = [] } = EventSourceArn as { 'Fn::GetAtt'?: string[] };
      return fifo.has(name);
    });
    assert.equal(sources.filter((isFifo) => isFifo).length, STACK.fifoMappings);
    assert.equal(sources.filter((isFifo) => !isFifo).length, STACK.standardMappings);
    assert.equal(all('AWS::CloudWatch::Alarm').length, STACK.alarms);
    assert.equal(all('AWS::SecretsManager::Secret').length, STACK.secrets);
    for (const { RetentionInDays } of properties('AWS::Logs::LogGroup')) assert.equal(RetentionInDays, STACK.logDays);
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::EIP', 'AWS::KMS::Key'])
      assert.deepEqual(all(type), [], type);
    assert.deepEqual(
      properties('AWS::DynamoDB::Table').map(({ BillingMode }) => BillingMode),
      ['PAY_PER_REQUEST'],
    );
  });
});
