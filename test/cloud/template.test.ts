import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UNFINISHED_MS } from '#adapters/wiring/upkeep.ts';
import { installLinters } from '../support/emulators/install.ts';
import {
  type Packaged,
  packageStage,
  resolved,
  type Statement,
  statementsOf,
  type Template,
} from '../support/template.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const linters = installLinters();
const skip = 'missing' in linters ? linters.missing : false;
/** Statements that may name every resource, and why. */
const EVERY_RESOURCE: Readonly<Record<string, string>> = {
  ListsHaveNoResource: 'listing queues and mappings knows no resource',
  CreateMappingHasNoResource: 'a mapping that is not there yet has no name; a condition names our function',
  LoginHasNoResource: 'the login to the image registry knows no resource',
};
/** What an account may run at once by default, what of it AWS lets nobody reserve, and what has to stay for other functions. */
const [ACCOUNT_CONCURRENCY, UNRESERVED_CONCURRENCY, ROOM_CONCURRENCY] = [1000, 100, 100];
const TRADING_KEYS = ['BINANCE_API_KEY', 'BINANCE_API_SECRET', 'UPBIT_ACCESS_KEY', 'UPBIT_SECRET_KEY'];
/** osls makes each function depend on a role that it refers to as well. */
const OSLS_OWN = /^W3005 /m;

describe('the packaged stack', () => {
  let packaged: Packaged;
  /** The same where orders leave from a host, with real ones. */
  let withHost: Packaged;
  before(() => {
    packaged = packageStage('anystage1');
    withHost = packageStage('anystage1', { TWINLEG__MODE: 'live' });
  });

  test('needs neither a variable nor credentials, and is called after its stage', () => {
    const { Resources } = packaged.template;
    assert.equal(Resources.Table?.Properties.TableName, 'twinleg-anystage1');
    assert.match(JSON.stringify(Resources.EvaluateLambdaFunction?.Properties.Code), /@sha256:0{64}/);
  });

  test('holds no server open to the world, no bucket open to anyone, no log kept for ever', () => {
    for (const [name, { Type, Properties }] of Object.entries(packaged.template.Resources)) {
      if (Type === 'AWS::EC2::SecurityGroup') assert.equal(Properties.SecurityGroupIngress, undefined, name);
      if (Type === 'AWS::Logs::LogGroup') assert.equal(Properties.RetentionInDays, 14, name);
      if (Type === 'AWS::Lambda::Function') {
        assert.ok(Number(Properties.ReservedConcurrentExecutions) > 0, name);
        assert.equal((Properties.LoggingConfig as { SystemLogLevel: string }).SystemLogLevel, 'WARN', name);
      }
    }
  });

  test('reserves concurrency so that a burst of ticks starves nobody who speaks with the operator', () => {
    const reserved = functionsOf(packaged.template).map(({ Properties }) =>
      Number(Properties.ReservedConcurrentExecutions),
    );
    const sum = reserved.reduce((total, each) => total + each, 0);
    assert.ok(sum <= ACCOUNT_CONCURRENCY - UNRESERVED_CONCURRENCY - ROOM_CONCURRENCY, `${sum} are reserved`);
  });

  test('lets a snapshot take its time, and nobody take it for failed meanwhile', () => {
    const { Timeout, ReservedConcurrentExecutions } = packaged.template.Resources.HousekeepLambdaFunction!.Properties;
    assert.ok(Number(Timeout) * 1000 < UNFINISHED_MS);
    assert.equal(ReservedConcurrentExecutions, 2, 'the next sweep does not wait for it');
  });

  test('tells functions and gateway the same settings', () => {
    const settings = (variables: Record<string, string>) =>
      Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith('TWINLEG__')));
    const [container] = packaged.template.Resources.GatewayTask!.Properties.ContainerDefinitions as {
      Environment: { Name: string; Value: string }[];
    }[];
    const gateway = settings(Object.fromEntries(container!.Environment.map(({ Name, Value }) => [Name, Value])));
    assert.equal(gateway.TWINLEG__CLOUD__STAGE, 'anystage1');
    for (const { Properties } of functionsOf(packaged.template)) {
      assert.deepEqual(settings((Properties.Environment as { Variables: Record<string, string> }).Variables), gateway);
    }
  });

  test('lets ECS ask each container whether it is well, write nothing and be nobody of power', () => {
    const containers = Object.values(withHost.template.Resources)
      .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
      .flatMap(({ Properties }) => Properties.ContainerDefinitions as Record<string, unknown>[]);
    assert.deepEqual(containers.map(({ Name }) => Name).sort(), ['executor', 'gateway']);
    for (const { Name, HealthCheck, ReadonlyRootFilesystem, User, StopTimeout } of containers) {
      assert.deepEqual(
        (HealthCheck as { Command: string[] }).Command,
        ['CMD', 'node', 'dist/health.mjs'],
        String(Name),
      );
      assert.deepEqual([ReadonlyRootFilesystem, User], [true, '1000']);
      assert.ok(Number(StopTimeout) > 10);
    }
  });

  test('lets the host that orders leave from read the trading keys, and no function', () => {
    const { Resources } = withHost.template;
    const [worker] = Resources.ExecutorTask!.Properties.ContainerDefinitions as { Secrets: { Name: string }[] }[];
    assert.deepEqual(worker!.Secrets.map(({ Name }) => Name).sort(), TRADING_KEYS);
    const roles = new Set(functionsOf(withHost.template).map(({ Properties }) => roleOf(Properties.Role)));
    roles.add(roleOf(Resources.GatewayTask!.Properties.TaskRoleArn));
    roles.add(roleOf(Resources.GatewayTask!.Properties.ExecutionRoleArn));
    for (const [role, statements] of statementsOf(withHost.template)) {
      const mayRead = statements.some((statement) => readsKeys(resolved(statement, withHost.template) as Statement));
      assert.equal(mayRead, role === 'ExecutorExecutionRole', role);
      if (mayRead) assert.ok(!roles.has(role));
    }
    for (const { Properties } of functionsOf(withHost.template)) {
      assert.doesNotMatch(JSON.stringify(Properties.Environment), new RegExp(TRADING_KEYS.join('|')));
    }
    assert.equal(packaged.template.Resources.ExecutorTask, undefined);
  });

  test('gives each function a role of its own, and `*` only with a reason', () => {
    const roles = statementsOf(withHost.template);
    const functions = functionsOf(packaged.template);
    const used = new Set(functions.map(({ Properties }) => JSON.stringify(Properties.Role)));
    assert.equal(used.size, functions.length, 'one role a function');
    for (const [role, statements] of roles) {
      for (const { Sid, Action, Resource } of statements) {
        for (const action of [Action].flat()) assert.doesNotMatch(action, /\*/, `${role} ${Sid}`);
        if ([Resource].flat().includes('*'))
          assert.ok(Sid in EVERY_RESOURCE, `${role} ${Sid} names every resource without a reason`);
      }
    }
  });

  test('cfn-lint finds nothing', { skip }, () => {
    const { stdout } = spawnSync(linter('cfn-lint'), ['-r', 'ap-northeast-2', '-t', packaged.file, withHost.file], {
      encoding: 'utf8',
    });
    const found = stdout.split('\n\n').filter((each) => each.trim() !== '' && !OSLS_OWN.test(each));
    assert.deepEqual(found, []);
  });

  test('parliament finds nothing in any role', { skip }, () => {
    for (const [role, statements] of statementsOf(withHost.template)) {
      const policy = { Version: '2012-10-17', Statement: resolved(statements, withHost.template) };
      const { stdout, status } = spawnSync(linter('parliament'), ['--string', JSON.stringify(policy), '--json'], {
        encoding: 'utf8',
      });
      assert.equal(stdout.trim(), '', role);
      assert.equal(status, 0, role);
    }
  });

  test('parliament would find a planted fault', { skip }, () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessages', Resource: '*' }],
    };
    const { stdout } = spawnSync(linter('parliament'), ['--string', JSON.stringify(policy), '--json'], {
      encoding: 'utf8',
    });
    assert.match(stdout, /sqs:SendMessages/);
  });

  test('hadolint finds nothing in the Dockerfiles', { skip }, () => {
    for (const file of ['functions/Dockerfile', 'stream-gateway/Dockerfile']) {
      execFileSync(linter('hadolint'), [join(ROOT, file)], { encoding: 'utf8' });
    }
  });
});

function functionsOf({ Resources }: Template) {
  return Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
}

const roleOf = (role: unknown) => (role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]!;

/** Whether a statement lets a parameter or secret be read that could be one of the trading keys. */
function readsKeys({ Action, Resource }: Statement): boolean {
  const reads = [Action].flat().some((action) => /^(ssm|secretsmanager|kms):/.test(action));
  return (
    reads && [Resource].flat().some((resource) => !/parameter\/twinleg\/[^/*]+\/(?!trading)[^*]/.test(String(resource)))
  );
}

function linter(name: string): string {
  assert.ok('folder' in linters);
  return join(linters.folder, 'bin', name);
}
