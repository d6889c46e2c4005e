import { spawnSync } from 'node:child_process';
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import { TwinlegError } from '#core/errors.ts';
import { awsError } from './stack.ts';

/** The two images: the gateway, and one for all functions. */
export const IMAGES = {
  functions: { dockerfile: 'functions/Dockerfile' },
  gateway: { dockerfile: 'stream-gateway/Dockerfile' },
} as const;

/** Builds both images for the platform of the stack, pushes them, and returns them by digest. */
export async function buildAndPush(stage: string, region: string, tag: string, say: (line: string) => void) {
  const docker = ['docker', 'podman', 'buildah'].find((tool) => spawnSync(tool, ['--version']).status === 0);
  if (docker === undefined) {
    throw new TwinlegError(
      'NO_BUILDER',
      'neither docker nor podman nor buildah is installed',
      'install one of them, or give images that exist: --functions-image and --gateway-image, by digest',
    );
  }
  const client = new ECRClient({ region });
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({})).catch((error) => {
    throw awsError(error, region);
  });
  const { authorizationToken = '', proxyEndpoint = '' } = authorizationData?.[0] ?? {};
  const [user = '', password = ''] = Buffer.from(authorizationToken, 'base64').toString().split(':');
  const registry = proxyEndpoint.replace(/^https?:\/\//, '');
  run(docker, ['login', '--username', user, '--password-stdin', registry], password);
  const built: Record<string, string> = {};
  for (const [name, { dockerfile }] of Object.entries(IMAGES)) {
    const repository = `twinleg-${stage}-${name}`;
    await ensureRepository(client, repository);
    const image = `${registry}/${repository}:${tag}`;
    say(`building ${repository}`);
    run(docker, ['build', '--platform', 'linux/arm64', '-f', dockerfile, '-t', image, '.']);
    say(`pushing ${repository}`);
    run(docker, ['push', image]);
    built[name] = await digestOf(client, repository, tag, registry);
  }
  return { functions: built.functions!, gateway: built.gateway! };
}

async function ensureRepository(client: ECRClient, repositoryName: string): Promise<void> {
  try {
    await client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }));
  } catch (error) {
    if ((error as Error).name !== 'RepositoryNotFoundException') throw error;
    await client.send(
      new CreateRepositoryCommand({
        repositoryName,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
  }
}

async function digestOf(
  client: ECRClient,
  repositoryName: string,
  imageTag: string,
  registry: string,
): Promise<string> {
  const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }));
  const digest = imageDetails?.[0]?.imageDigest;
  if (digest === undefined)
    throw new TwinlegError('IMAGE_MISSING', `${repositoryName}:${imageTag} is not in the registry`, 'push it again');
  return `${registry}/${repositoryName}@${digest}`;
}

function run(command: string, args: readonly string[], input?: string): void {
  const { status, error } = spawnSync(command, [...args], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 2, 2],
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined || status !== 0) {
    throw new TwinlegError(
      'BUILD_FAILED',
      `${command} ${args[0]} failed (${error?.message ?? `exit ${status}`})`,
      'see its output above; nothing was deployed',
    );
  }
}
