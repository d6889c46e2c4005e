import { resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { TwinlegError } from '#core/errors.ts';
import type { DeployOptions } from './arguments.ts';
import { whileClaimed } from './claim.ts';
import { emptyBucket, hasStore, leftoversOf, removeRepositories } from './leftovers.ts';
import { deployedSettings, type Variables } from './settings.ts';
import { busy, isGone, isWhole, openStack } from './stack.ts';
import { type Conclusion, conclude, say } from './tell.ts';
import { serverless, twinleg } from './twinleg.ts';

const HELP = `Usage: npm run remove -- --stage STAGE [options]

Stops a stage's trading, saves a verified snapshot here, asks, and removes all of the stage: the stack, the snapshots in its
bucket, the queues and mappings made at run time, its images.

  --stage STAGE       name of the deployment
  --region REGION     default AWS_REGION, else ap-northeast-2 (Seoul)
  --yes               do not ask
  --json              one JSON document on stdout`;

await conclude(HELP, async (options) => {
  if (!options.yes && !process.stdin.isTTY)
    throw new TwinlegError('USAGE', 'nobody can be asked whether to remove it; nothing was changed', 'say --yes');
  return await whileClaimed(options.stage, options.region, 'a removal', () => remove(options));
});

async function remove({ stage, region, yes }: DeployOptions): Promise<Conclusion> {
  const name = `twinleg-${stage}`;
  const stack = openStack(name, region);
  const leftovers = leftoversOf(stage, region);
  const before = await stack.report();
  if (before.status.endsWith('_IN_PROGRESS')) throw busy(before);
  const isThere = !isGone(before);
  const file = resolve(`${name}-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}.snapshot.json`);
  // What an output names may be gone since a removal that ended half-way.
  const hasState = isThere && (await hasStore(name, region));
  const settings = hasState ? await deployedSettings(stage, region) : {};
  // While somebody thinks, what is open may still close; so what is removed in the end is saved once more, standing still.
  if (hasState && !yes) saveState(settings, file, 'pause');
  await confirm(`Remove ${name} in ${region} for good${hasState ? ` (its state is in ${file})` : ''}?`, stage, yes);
  if (hasState) saveState(settings, file, 'halt');
  if (isThere) {
    const bucket = before.outputs.SnapshotBucketName;
    if (bucket !== undefined) await emptyBucket(bucket, region);
    if (serverless({}, 'remove', '--stage', stage, '--region', region) !== 0 && bucket !== undefined) {
      // A snapshot may have come in between: once more, with the bucket empty.
      await emptyBucket(bucket, region);
      serverless({}, 'remove', '--stage', stage, '--region', region);
    }
  }
  const after = await stack.report();
  const removed = isWhole(after) ? { queues: 0, mappings: 0 } : await leftovers.remove();
  if (!isWhole(after)) await removeRepositories(stage, region);
  const rest = [...(await leftovers.mappings()), ...(await leftovers.queues())];
  if (!isGone(after) || rest.length > 0) {
    throw new TwinlegError(
      'REMOVE_INCOMPLETE',
      [`${name} is ${after.status}; still there:`, ...rest, ...(await stack.failures().catch(() => []))].join('\n  '),
      'run this again: it goes on from what is left. Entries are held back meanwhile',
    );
  }
  say(`${name} is gone`);
  return {
    exitCode: 0,
    value: {
      stack: name,
      region,
      snapshot: hasState ? file : null,
      removedQueues: removed.queues,
      removedMappings: removed.mappings,
    },
    text: hasState
      ? `${name} is removed. Its state is in ${file}; npx twinleg snapshot restore brings it back.`
      : `Nothing of ${name} is left.`,
  };
}

/** Nothing may trade while parts of it are gone; and nothing is removed whose state could not be read again. */
function saveState(settings: Variables, file: string, stop: 'pause' | 'halt'): void {
  const steps = [[stop], ['snapshot', 'save', file, '--force'], ['snapshot', 'verify', file]];
  for (const step of steps) {
    if (twinleg(settings, ...step) === 0) continue;
    // A stage that stays must be able to close what it has open.
    if (stop === 'halt') twinleg(settings, 'pause');
    throw new TwinlegError(
      'SNAPSHOT_FAILED',
      `twinleg ${step.join(' ')} failed`,
      'nothing was removed; mend it, or delete the table by hand first',
    );
  }
}

async function confirm(question: string, stage: string, yes: boolean): Promise<void> {
  if (yes) return;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${question} Type the stage's name: `);
  prompt.close();
  if (answer.trim() !== stage)
    throw new TwinlegError(
      'CANCELLED',
      'nothing was removed; entries are stopped',
      'type the name of the stage to remove it, or let it trade on: npx twinleg resume',
    );
}
