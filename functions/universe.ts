import middy from '@middy/core';
import { functionParts } from '#adapters/wiring/lambda.ts';
import { measured } from '#adapters/wiring/measured.ts';
import { refreshUniverse } from '#adapters/wiring/universe-function.ts';

/** Every few minutes: the list of symbols, and the queues and mappings that it needs. */
export const handler = middy()
  .use(measured('universe'))
  .handler(async () => {
    const parts = functionParts();
    try {
      return await refreshUniverse(parts);
    } finally {
      await parts.flush();
    }
  });
