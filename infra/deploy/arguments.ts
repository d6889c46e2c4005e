import { parseArgs } from 'node:util';
import { TwinlegError } from '#core/errors.ts';

/** Regions that have all that the stack needs, and are near enough to the venues to be of use. */
const REGIONS = ['ap-northeast-2', 'ap-northeast-1', 'ap-northeast-3', 'ap-southeast-1', 'ap-east-1'];
const STAGE = /^[a-z][a-z0-9]{0,11}$/;
const IMAGE = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/[a-z0-9/_-]+@sha256:[0-9a-f]{64}$/;

/** What a deployment is asked for. */
export interface DeployOptions {
  readonly stage: string;
  readonly region: string;
  /** Images by digest that exist already; null: build and push them. */
  readonly images: { readonly functions: string; readonly gateway: string } | null;
  /** File with the settings that are deployed. */
  readonly config: string | undefined;
  readonly yes: boolean;
}

/** Reads the arguments of `npm run deploy` and `npm run remove`; @throws TwinlegError USAGE that names each fault. */
export function readArguments(args: readonly string[]): DeployOptions | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  const faults: string[] = [];
  const { stage = '', region = process.env.AWS_REGION ?? 'ap-northeast-2' } = values;
  if (!STAGE.test(stage)) {
    faults.push(
      `--stage ${JSON.stringify(stage)}: a stage is 1 to 12 small letters and digits, a letter first: --stage prod`,
    );
  }
  if (!REGIONS.includes(region)) {
    faults.push(
      `--region ${region}: far from both venues or without a service that is needed; use one of ${REGIONS.join(', ')}`,
    );
  }
  const given = [values['functions-image'], values['gateway-image']].filter((image) => image !== undefined);
  for (const image of given) {
    if (!IMAGE.test(image))
      faults.push(`${image}: not an image by digest (ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:…)`);
  }
  if (given.length === 1)
    faults.push('--functions-image and --gateway-image: give both, or neither and both are built');
  if (faults.length > 0) throw new TwinlegError('USAGE', faults.join('\n'), 'nothing was changed; see --help');
  const [functions, gateway] = given;
  const images = functions !== undefined && gateway !== undefined ? { functions, gateway } : null;
  return { stage, region, images, config: values.config, yes: values.yes ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string' },
        region: { type: 'string' },
        'functions-image': { type: 'string' },
        'gateway-image': { type: 'string' },
        config: { type: 'string' },
        yes: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new TwinlegError('USAGE', (error as Error).message, 'see --help');
  }
}
