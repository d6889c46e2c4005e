import { fileURLToPath } from 'node:url';
import { buildah } from './bases.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What an image says of itself. */
export interface ImageConfig {
  readonly User: string;
  readonly Cmd: readonly string[];
  readonly Entrypoint: readonly string[] | null;
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

/** Builds one of the project's own Dockerfiles on given bases, from the working tree as it is. */
export function buildImage(dockerfile: string, tag: string, bases: Readonly<Record<string, string>>): ImageConfig {
  const args = Object.entries(bases).flatMap(([name, base]) => ['--build-arg', `${name}=${base}`]);
  const isolation = ['--isolation', 'chroot', '--network', 'host', '--pull=never', '--format', 'docker'];
  buildah('bud', '-q', '--layers', ...isolation, ...args, '-f', `${ROOT}${dockerfile}`, '-t', tag, ROOT);
  const { Docker } = JSON.parse(buildah('inspect', '--type', 'image', tag)) as { Docker: { config: ImageConfig } };
  return Docker.config;
}
