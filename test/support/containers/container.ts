import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildah } from './bases.ts';
import type { ImageConfig } from './images.ts';

export interface ContainerOptions {
  readonly tag: string;
  readonly config: ImageConfig;
  /** In the place of the image's own command. */
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

let started = 0;

/**
 * A container as Fargate and Lambda run it: the image's user and command, a root file system that cannot be written, an
 * empty /tmp, no capability. It shares the network of this machine, on whose loopback emulators and venues stand.
 */
export class Container {
  readonly name = `twinleg-test-${process.pid}-${started++}`;
  /** Lines of both outputs. */
  readonly lines: string[] = [];
  /** Where its files lie, for looking at them. */
  readonly rootFolder: string;
  readonly #working: string;
  readonly #bundle: string;
  readonly #child: ChildProcess;

  constructor({ tag, config, command, env }: ContainerOptions) {
    this.#working = buildah('from', '--pull-never', tag);
    this.rootFolder = buildah('mount', this.#working);
    this.#bundle = mkdtempSync(join(tmpdir(), 'twinleg-container-'));
    const args = [...(config.Entrypoint ?? []), ...(command ?? config.Cmd)];
    const uid = Number(config.User);
    writeFileSync(
      join(this.#bundle, 'config.json'),
      JSON.stringify({
        ociVersion: '1.0.2',
        process: {
          user: { uid, gid: uid },
          args,
          env: [...config.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
          cwd: config.WorkingDir,
          noNewPrivileges: true,
        },
        root: { path: this.rootFolder, readonly: true },
        mounts: [
          { destination: '/proc', type: 'proc', source: 'proc' },
          { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
          { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
        ],
        linux: { namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })) },
      }),
    );
    this.#child = spawn('runc', ['run', '--bundle', this.#bundle, this.name], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface(output).on('line', (line) => this.lines.push(line));
    }
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  said(event: string): boolean {
    return this.lines.some((line) => line.includes(`"event":"${event}"`));
  }

  /** Runs a command beside it, with its environment and user. @returns exit code and output */
  exec(config: ImageConfig, ...command: string[]): { readonly status: number | null; readonly output: string } {
    const user = ['--user', config.User, '--cwd', config.WorkingDir];
    const { status, stdout, stderr } = spawnSync('runc', ['exec', ...user, this.name, ...command], {
      encoding: 'utf8',
    });
    return { status, output: `${stdout}${stderr}`.trim() };
  }

  /** Sends a signal and waits for the end. @returns the exit code */
  async stop(signal: 'TERM' | 'KILL' = 'TERM'): Promise<number | null> {
    if (this.isRunning) {
      const ended = once(this.#child, 'exit');
      execFileSync('runc', ['kill', this.name, signal]);
      await ended;
    }
    return this.#child.exitCode;
  }

  /** Ends it if it runs, and leaves nothing of it. */
  async remove(): Promise<void> {
    await this.stop('KILL').catch(() => undefined);
    spawnSync('runc', ['delete', '--force', this.name]);
    buildah('umount', this.#working);
    buildah('rm', this.#working);
    rmSync(this.#bundle, { recursive: true, force: true });
  }
}
