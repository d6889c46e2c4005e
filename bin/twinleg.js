#!/usr/bin/env node
// Starts the command line under Node 24 or newer: in this process, or with the one that `npm ci` brought along.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const PACKAGES = [`node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`];
PACKAGES.push(PACKAGES[0].replace('node-', 'node-bin-'));
// Little garbage is made: a heap that stays small costs no time and a tenth of the memory less, if V8 is told before
// anything is loaded.
const HEAP = ['--semi-space-growth-factor=1', '--heap-growing-percent=30'];

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] !== 'ExperimentalWarning' && rest[0]?.type !== 'ExperimentalWarning')
      emit.call(process, warning, ...rest);
  };
  for (const flag of HEAP) setFlagsFromString(flag);
  await import(MAIN);
} else run(findNode());

function findNode() {
  const require = createRequire(import.meta.url);
  for (const name of PACKAGES) {
    try {
      return join(
        dirname(require.resolve(`${name}/package.json`)),
        'bin',
        process.platform === 'win32' ? 'node.exe' : 'node',
      );
    } catch {
      // Not this one: the next.
    }
  }
  console.error(
    `error: Twinleg runs on Node 24 or newer; this is ${process.version}, and none was installed beside it.\n` +
      'Run `npm ci` without --omit=optional, or install Node 24.',
  );
  process.exit(1);
}

function run(node) {
  // The channel tells the child when this process is gone, however it went.
  const child = spawn(node, [...HEAP, '--disable-warning=ExperimentalWarning', MAIN, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`error: cannot start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
