import middy from '@middy/core';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import { functionParts } from '#adapters/wiring/lambda.ts';
import { measured } from '#adapters/wiring/measured.ts';

/** Each minute: what stands still is gone on with, what does not add up is told. */
export const handler = middy()
  .use(measured('housekeep'))
  .handler(() => housekeep(functionParts()));
