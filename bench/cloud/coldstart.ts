import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { below, type Figure, median, plain } from '../report.ts';

const BUNDLER = fileURLToPath(new URL('../../scripts/bundle.ts', import.meta.url));
const STARTS = 11;
const LIMIT_MS = 400;
const ENV = { TWINLEG__WIRING: 'cloud', AWS_REGION: 'ap-northeast-2', NODE_OPTIONS: '--enable-source-maps' };
/** Since the process began: until the module is there, and until its handler has answered an empty batch. */
const STARTER = (module: string, isBatch: boolean) => `
  const { handler } = await import(${JSON.stringify(module)});
  const loadedMs = performance.now();
  ${isBatch ? 'await handler({ Records: [] }, {});' : ''}
  const answeredMs = performance.now();
  const { user, system } = process.cpuUsage();
  process.stderr.write(JSON.stringify({ loadedMs, answeredMs, cpuMs: (user + system) / 1000 }));`;

/** A new execution environment of each function: Node, the bundle, configuration, clients, handler. */
export async function benchColdStart(): Promise<Figure[]> {
  const bundle = mkdtempSync(join(tmpdir(), 'twinleg-functions-'));
  try {
    const told = execFileSync(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      BUNDLER,
      'functions',
      bundle,
    ]);
    const megabytes = Number(/([\d.]+) MB/.exec(told.toString())?.[1]);
    const names = readdirSync(join(bundle, 'functions')).filter((name) => name.endsWith('.mjs'));
    return [
      below('bundle of the functions, without maps', megabytes, 'MB', 5),
      ...names.flatMap((file) =>
        started(file.replace('.mjs', ''), pathToFileURL(join(bundle, 'functions', file)).href),
      ),
    ];
  } finally {
    rmSync(bundle, { recursive: true });
  }
}

function started(name: string, module: string): Figure[] {
  const isBatch = name === 'evaluate' || name === 'execute';
  const starts = Array.from({ length: STARTS }, () => once(STARTER(module, isBatch)));
  const middle = (of: keyof (typeof starts)[number]) => median(starts.map((start) => start[of]));
  return [
    below(`${name}: ${isBatch ? 'to the first answer' : 'to the handler'}`, middle('answeredMs'), 'ms', LIMIT_MS),
    plain(`${name}: of which to the loaded module`, middle('loadedMs'), 'ms'),
    plain(`${name}: processor time`, middle('cpuMs'), 'ms'),
  ];
}

function once(program: string) {
  const args = ['--input-type=module', '--eval', `${program}\nprocess.exit(0);`];
  const { PATH = '' } = process.env;
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH, ...ENV } });
  return JSON.parse(stderr) as { loadedMs: number; answeredMs: number; cpuMs: number };
}
