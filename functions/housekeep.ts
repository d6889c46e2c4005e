import middy from '@middy/core';
import { housekeep } from '#adapters/wiring/housekeep.ts';
import { functionParts } from '#adapters/wiring/lambda.ts';
import { measured } from '#adapters/wiring/measured.ts';
import { openUpkeep, type Upkeep } from '#adapters/wiring/upkeep.ts';

let upkeep: Upkeep | null = null;

/** Each minute: what stands still is gone on with, what does not add up is told, figures and snapshots are brought up to date. */
export const handler = middy()
  .use(measured('housekeep'))
  .handler(() => {
    const parts = functionParts();
    upkeep ??= openUpkeep(parts.config, parts.store, process.env);
    return housekeep({ ...parts, upkeep });
  });
