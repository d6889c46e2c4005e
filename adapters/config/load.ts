import { readFileSync } from 'node:fs';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { type Config, type ConfigFault, knownPaths, parseConfig } from '#core/config.ts';
import { nearest } from '#core/text.ts';

/** Where a value came from: `default`, `file NAME`, `environment NAME`, `--set` or `recorded`. */
export type Origin = string;

export interface ConfigSources {
  /** Named explicitly: must be there. */
  readonly file?: string | undefined;
  /** Read where it is there. */
  readonly defaultFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `path=value`, each; the value is JSON where it parses as JSON, else a text. */
  readonly sets: readonly string[];
  /** A layer between the defaults and the file: the configuration of a recording. */
  readonly base?: unknown;
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly origins: ReadonlyMap<string, Origin> }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** Secrets come from the environment alone, under these names. */
export const SECRET_NAMES = [
  'BINANCE_API_KEY',
  'BINANCE_API_SECRET',
  'UPBIT_ACCESS_KEY',
  'UPBIT_SECRET_KEY',
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_CHAT_ID',
  'TELEGRAM_WEBHOOK_SECRET',
  'ALERTMANAGER_WEBHOOK_SECRET',
] as const;

const PREFIX = 'TWINLEG__';

interface Layers {
  readonly raw: Record<string, unknown>;
  readonly origins: Map<string, Origin>;
  readonly faults: ConfigFault[];
}

/** Reads the configuration from all of its sources: defaults < recorded < file < environment < `--set`. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const layers: Layers = { raw: {}, origins: new Map(), faults: [] };
  if (sources.base !== undefined) merge(layers, sources.base, 'recorded');
  readFile(layers, sources);
  for (const [name, value] of Object.entries(sources.env)) {
    if (name.startsWith(PREFIX) && value !== undefined) setFromEnvironment(layers, name, value);
  }
  for (const set of sources.sets) setFromOption(layers, set);
  const parsed = parseConfig(layers.raw);
  const faults = [...layers.faults, ...(parsed.ok ? [] : parsed.faults.map((fault) => withOrigin(fault, layers)))];
  if (faults.length > 0 || !parsed.ok) return { ok: false, faults };
  return { ok: true, config: parsed.config, origins: layers.origins };
}

/** One row a key: what is in force and where it came from. Holds no secret, as none can be configured. */
export function describeConfig(config: Config, origins: ReadonlyMap<string, Origin>) {
  return knownPaths().map((path) => ({ path, value: valueAt(config, path), origin: originOf(path, origins) }));
}

function readFile(layers: Layers, { file, defaultFile }: ConfigSources): void {
  const name = file ?? defaultFile;
  if (name === undefined) return;
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    if (file === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
    const why = error instanceof Error ? error.message : String(error);
    layers.faults.push({ path: '--config', message: `cannot read the configuration file ${name}: ${why}` });
    return;
  }
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  for (const error of errors) {
    const { line, column } = position(text, error.offset);
    layers.faults.push({ path: name, message: `${line}:${column}: ${printParseErrorCode(error.error)}` });
  }
  if (errors.length > 0 || text.trim() === '') return;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    layers.faults.push({ path: name, message: 'must hold one object: { … }' });
    return;
  }
  merge(layers, value, `file ${name}`);
}

function setFromEnvironment(layers: Layers, name: string, value: string): void {
  const words = name.slice(PREFIX.length).split('__');
  const flat = words.map((word) => word.replaceAll('_', '').toLowerCase()).join('.');
  const paths = knownPaths();
  const path = paths.find((known) => known.toLowerCase() === flat);
  if (path === undefined) {
    const meant = nearest(flat, paths);
    const fault = { path: name, message: 'unknown key in the environment' };
    layers.faults.push(meant === undefined ? fault : { ...fault, nearest: environmentName(meant) });
    return;
  }
  put(layers, path.split('.'), jsonOrText(value), `environment ${name}`);
}

function setFromOption(layers: Layers, set: string): void {
  const equals = set.indexOf('=');
  if (equals <= 0) {
    layers.faults.push({ path: '--set', message: `${JSON.stringify(set)} is not of the form path=value` });
    return;
  }
  const path = set.slice(0, equals).trim();
  if (isSecret(path)) {
    layers.faults.push(secretFault(path, path));
    return;
  }
  put(layers, path.split('.'), jsonOrText(set.slice(equals + 1)), '--set');
}

function merge(layers: Layers, value: unknown, origin: Origin, path: readonly string[] = []): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isWhole(path)) {
    put(layers, path, value, origin);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (isSecret(key)) layers.faults.push(secretFault([...path, key].join('.'), key));
    else merge(layers, inner, origin, [...path, key]);
  }
}

/** Keys whose value is an object that is taken as a whole. */
function isWhole(path: readonly string[]): boolean {
  const dotted = path.join('.');
  return dotted === 'paper.latencyMs' || dotted === 'paper.balances';
}

function put(layers: Layers, path: readonly string[], value: unknown, origin: Origin): void {
  let at: Record<string, unknown> = layers.raw;
  for (const part of path.slice(0, -1)) {
    const inner = Object.hasOwn(at, part) ? at[part] : undefined;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) at = inner as Record<string, unknown>;
    else {
      const made: Record<string, unknown> = Object.create(null);
      at[part] = made;
      at = made;
    }
  }
  const last = path.at(-1);
  if (last === undefined) return;
  at[last] = value;
  layers.origins.set(path.join('.'), origin);
}

function isSecret(key: string): boolean {
  const flat = key
    .slice(key.lastIndexOf('.') + 1)
    .replaceAll('_', '')
    .toLowerCase();
  return SECRET_NAMES.some((name) => name.replaceAll('_', '').toLowerCase() === flat);
}

function secretFault(path: string, key: string): ConfigFault {
  const flat = key
    .slice(key.lastIndexOf('.') + 1)
    .replaceAll('_', '')
    .toLowerCase();
  const name = SECRET_NAMES.find((each) => each.replaceAll('_', '').toLowerCase() === flat) ?? key;
  return { path, message: `secrets come from the environment alone: set ${name} there and remove it here` };
}

function withOrigin(fault: ConfigFault, layers: Layers): ConfigFault {
  const origin = originOf(fault.path, layers.origins);
  return origin === 'default' ? fault : { ...fault, message: `${fault.message} (from ${origin})` };
}

function originOf(path: string, origins: ReadonlyMap<string, Origin>): Origin {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const origin = origins.get(at);
    if (origin !== undefined) return origin;
  }
  return 'default';
}

function valueAt(config: Config, path: string): unknown {
  let value: unknown = config;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return value;
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function environmentName(path: string): string {
  const words = path.split('.').map((word) => word.replace(/([A-Z])/g, '_$1').toUpperCase());
  return PREFIX + words.join('__');
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
