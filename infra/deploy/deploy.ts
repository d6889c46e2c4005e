import process from 'node:process';
import { TwinlegError } from '#core/errors.ts';
import type { DeployOptions } from './arguments.ts';
import { whileClaimed } from './claim.ts';
import { buildAndPush } from './images.ts';
import { deployedSettings, readSettings, type Variables } from './settings.ts';
import { assertDeployed, mayDeploy, openStack } from './stack.ts';
import { completeTable } from './table.ts';
import { type Conclusion, conclude, say } from './tell.ts';
import { serverless, twinleg } from './twinleg.ts';

const REMAINS_TIMEOUT_MS = 300_000;
const HELP = `Usage: npm run deploy -- --stage STAGE [options]

Builds and pushes both images, deploys the stack twinleg-STAGE, looks whether it worked, and asks the doctor.

  --stage STAGE              name of the deployment (small letters and digits)
  --region REGION            default AWS_REGION, else ap-northeast-2 (Seoul)
  --functions-image IMAGE    an image that exists, by digest (with --gateway-image): nothing is built
  --gateway-image IMAGE
  --config FILE              settings of functions and gateway (default: twinleg.json where it is there); TWINLEG__… wins
  --json                     one JSON document on stdout`;

await conclude(HELP, async (options) => {
  const { stage, region } = options;
  const settings = readSettings(options.config, stage, region, process.env);
  return await whileClaimed(stage, region, 'a deployment', () => deploy(options, settings));
});

async function deploy({ stage, region, images: given }: DeployOptions, settings: Variables): Promise<Conclusion> {
  const name = `twinleg-${stage}`;
  const stack = openStack(name, region);
  const before = await stack.report();
  if (mayDeploy(before) === 'delete-remains-first') {
    say(`${name} is ${before.status}: what a failed start left is deleted first`);
    await stack.deleteRemains(REMAINS_TIMEOUT_MS);
  }
  const images = given ?? (await buildAndPush(stage, region, new Date().toISOString().replace(/\D/g, ''), say));
  say(`deploying ${name} in ${region}`);
  const params = [`functionsImage=${images.functions}`, `gatewayImage=${images.gateway}`].flatMap((each) => [
    '--param',
    each,
  ]);
  const deployed = serverless(settings, 'deploy', '--stage', stage, '--region', region, ...params);
  const after = await assertDeployed(stack, before.status);
  if (deployed !== 0)
    throw new TwinlegError('DEPLOY_FAILED', `serverless ended with ${deployed}`, 'see its output above');
  say(`${name} is ${after.status}`);
  for (const each of await completeTable(name, region)) say(`${each} of the table ${name} was put on`);
  const healthy = twinleg(await deployedSettings(stage, region), 'doctor') === 0;
  const orders = after.outputs.OrdersAddress;
  return {
    exitCode: healthy ? 0 : 3,
    value: { stack: name, region, status: after.status, images, outputs: after.outputs, doctor: healthy },
    text: [
      `${name} is up in ${region}.`,
      healthy ? 'The doctor finds nothing.' : 'The doctor found something: see above.',
      ...(orders === undefined ? [] : [`Orders leave from ${orders}: bind the venues' keys to it.`]),
      `Watch it:    npx twinleg status --wiring cloud --set cloud.stage=${stage} --set cloud.region=${region}`,
      `Stop entries: npx twinleg pause --wiring cloud --set cloud.stage=${stage} --set cloud.region=${region}`,
      `Remove it:   npm run remove -- --stage ${stage} --region ${region}`,
    ].join('\n'),
  };
}
