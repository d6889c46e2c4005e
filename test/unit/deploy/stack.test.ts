import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TwinlegError } from '#core/errors.ts';
import { assertDeployed, isWhole, mayDeploy, type Stack } from '../../../infra/deploy/stack.ts';

const NAME = 'twinleg-prod';

test('whether a deployment may begin follows from what the stack is', () => {
  const asked = (status: string) => {
    try {
      return mayDeploy({ name: NAME, status, outputs: {} });
    } catch (error) {
      assert.ok(error instanceof TwinlegError);
      assert.match(error.message, new RegExp(`${NAME}.*${status}`));
      return error.code;
    }
  };
  const expected: Record<string, string> = {
    ABSENT: 'create',
    DELETE_COMPLETE: 'create',
    CREATE_COMPLETE: 'update',
    UPDATE_COMPLETE: 'update',
    UPDATE_ROLLBACK_COMPLETE: 'update',
    ROLLBACK_COMPLETE: 'delete-remains-first',
    CREATE_FAILED: 'delete-remains-first',
    CREATE_IN_PROGRESS: 'DEPLOY_RUNNING',
    UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'DEPLOY_RUNNING',
    UPDATE_ROLLBACK_IN_PROGRESS: 'DEPLOY_RUNNING',
    DELETE_IN_PROGRESS: 'DEPLOY_RUNNING',
    UPDATE_ROLLBACK_FAILED: 'STACK_HALF',
    DELETE_FAILED: 'STACK_HALF',
  };
  for (const [status, answer] of Object.entries(expected)) assert.equal(asked(status), answer, status);
});

test('only a removal that began may take what lies beside the stack', () => {
  const whole = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED'];
  for (const status of whole) assert.equal(isWhole({ status }), true, status);
  for (const status of ['ABSENT', 'DELETE_COMPLETE', 'DELETE_FAILED', 'DELETE_IN_PROGRESS'])
    assert.equal(isWhole({ status }), false, status);
});

test('what the tool says is no proof: the stack itself has to be whole', async () => {
  const stack = (status: string, resources: Record<string, string> = {}): Stack => ({
    report: async () => ({ name: NAME, status, outputs: {} }),
    resources: async () =>
      Object.entries(resources).map(([LogicalResourceId, ResourceStatus]) => ({
        LogicalResourceId,
        ResourceStatus: ResourceStatus as 'CREATE_COMPLETE',
        ResourceType: 'any',
        LastUpdatedTimestamp: undefined,
      })),
    failures: async () => ['Table: it is there already'],
    deleteRemains: async () => {},
  });
  const codeOf = (given: Stack) =>
    assertDeployed(given, 'ABSENT').then(
      ({ status }) => status,
      (error: TwinlegError) => `${error.code} ${error.message}`,
    );
  assert.equal(await codeOf(stack('CREATE_COMPLETE', { Table: 'CREATE_COMPLETE' })), 'CREATE_COMPLETE');
  assert.match(await codeOf(stack('UPDATE_ROLLBACK_COMPLETE')), /DEPLOY_FAILED[\s\S]*it is there already/);
  assert.match(
    await codeOf(stack('UPDATE_COMPLETE', { Table: 'UPDATE_FAILED' })),
    /DEPLOY_FAILED[\s\S]*Table: UPDATE_FAILED/,
  );
  assert.match(await codeOf(stack('ABSENT')), /DEPLOY_FAILED[\s\S]*not there/);
  assert.match(await codeOf(stack('UPDATE_IN_PROGRESS')), /^DEPLOY_RUNNING/);
});
