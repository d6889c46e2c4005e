import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TwinlegError } from '#core/errors.ts';
import { readArguments } from '../../../infra/deploy/arguments.ts';

const IMAGE = `123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/twinleg@sha256:${'a'.repeat(64)}`;

function faultOf(...args: string[]): string {
  try {
    readArguments(args);
  } catch (error) {
    assert.ok(error instanceof TwinlegError && error.code === 'USAGE');
    return error.message;
  }
  return '';
}

test('a deployment’s arguments: each fault is named, all at once', () => {
  assert.match(faultOf(), /--stage/);
  assert.match(faultOf('--stage', 'prod-1'), /--stage "prod-1"/);
  assert.match(faultOf('--stage', 'prod', '--region', 'us-east-1'), /us-east-1: far from both venues/);
  assert.match(faultOf('--stage', 'prod', '--functions-image', IMAGE), /give both/);
  const tagged = '123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/twinleg:latest';
  const several = faultOf('--stage', 'Prod', '--functions-image', tagged, '--gateway-image', IMAGE);
  assert.match(several, /"Prod"[\s\S]*twinleg:latest: not an image by digest/);
  assert.match(faultOf('--stage', 'prod', '--regoin', 'ap-northeast-2'), /regoin/);
});

test('what is left out has its default', () => {
  const options = readArguments(['--stage', 'prod', '--region', 'ap-northeast-1']);
  assert.deepEqual(options, { stage: 'prod', region: 'ap-northeast-1', images: null, config: undefined, yes: false });
});
