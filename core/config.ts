import { z } from 'zod';
import { configSchema } from './config/schema.ts';
import { nearest } from './text.ts';

type Raw = z.infer<typeof configSchema>;

/** The whole configuration, every key resolved. Rates are fractions; units are in the names. */
export type Config = Omit<Raw, 'execution' | 'store'> & {
  readonly execution: Omit<Raw['execution'], 'executor'> & { readonly executor: 'function' | 'host' };
  readonly store: Omit<Raw['store'], 'kind'> & { readonly kind: 'sqlite' | 'dynamodb' };
};

/** One thing that is wrong with a configuration, and where. */
export interface ConfigFault {
  /** Dotted path of the key. */
  readonly path: string;
  readonly message: string;
  /** The known key that was most likely meant. */
  readonly nearest?: string;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** Reads a configuration strictly: every fault is listed, nothing is guessed. Pure; never throws. */
export function parseConfig(raw: unknown): ParsedConfig {
  const parsed = configSchema.safeParse(raw);
  if (!parsed.success) return { ok: false, faults: parsed.error.issues.flatMap(faultsOf) };
  const config = parsed.data;
  const faults = contradictions(config);
  if (faults.length > 0) return { ok: false, faults };
  const executor = config.execution.executor ?? (config.mode === 'live' ? 'host' : 'function');
  const kind = config.wiring === 'embedded' ? 'sqlite' : 'dynamodb';
  return {
    ok: true,
    config: { ...config, execution: { ...config.execution, executor }, store: { ...config.store, kind } },
  };
}

/** Every key that can be set, as dotted paths; sections are not among them. */
export function knownPaths(): readonly string[] {
  return leafPaths(configSchema, '');
}

function contradictions(config: Raw): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const kind = config.wiring === 'embedded' ? 'sqlite' : 'dynamodb';
  if (config.store.kind !== undefined && config.store.kind !== kind) {
    faults.push({
      path: 'store.kind',
      message: `wiring ${config.wiring} keeps its state in ${kind}; leave store.kind out`,
    });
  }
  if (config.mode === 'live' && config.live.confirm === null) {
    faults.push({ path: 'live.confirm', message: 'mode live needs the label of the account here as well' });
  }
  if (config.mode === 'live' && config.execution.executor === 'function') {
    faults.push({ path: 'execution.executor', message: 'mode live sends its orders from a host' });
  }
  if (config.universe.mode === 'SINGLE' && config.universe.symbols.length !== 1) {
    faults.push({
      path: 'universe.symbols',
      message: `mode SINGLE takes exactly one symbol, not ${config.universe.symbols.length}`,
    });
  }
  const { rejectRate, timeoutRate, lostAnswerRate } = config.paper.faults;
  if (rejectRate + timeoutRate + lostAnswerRate > 1) {
    faults.push({ path: 'paper.faults', message: 'the three rates add up to more than 1' });
  }
  return faults;
}

function faultsOf(issue: z.core.$ZodIssue): ConfigFault[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path: path === '' ? '(file)' : path, message: plain(issue) }];
  const known = keysAt(issue.path.map(String));
  return issue.keys.map((key) => {
    const full = path === '' ? key : `${path}.${key}`;
    const meant = nearest(key, known) ?? nearestPath(key);
    const at = meant === undefined ? undefined : known.includes(meant) && path !== '' ? `${path}.${meant}` : meant;
    return { path: full, message: 'unknown key', ...(at === undefined ? {} : { nearest: at }) };
  });
}

/** The path whose last part is nearest to a key that stands in the wrong place. */
function nearestPath(key: string): string | undefined {
  const byName = new Map(knownPaths().map((path) => [path.slice(path.lastIndexOf('.') + 1), path]));
  const name = nearest(key, byName.keys());
  return name === undefined ? undefined : byName.get(name);
}

function plain(issue: z.core.$ZodIssue): string {
  return issue.message.replace(/^Invalid input: /, '').replace(/^Too (small|big): expected \w+ to be /, 'must be ');
}

function keysAt(path: readonly string[]): string[] {
  let schema: unknown = configSchema;
  for (const part of path) schema = shapeOf(schema)?.[part];
  return Object.keys(shapeOf(schema) ?? {});
}

function leafPaths(schema: unknown, prefix: string): string[] {
  return Object.entries(shapeOf(schema) ?? {}).flatMap(([key, inner]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return shapeOf(inner) === undefined ? [path] : leafPaths(inner, path);
  });
}

/** The fields of a section, however its defaults are wrapped around it. */
function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  let inner = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}
