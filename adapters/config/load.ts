import {
  type Config,
  type ConfigFault,
  type ConfigWarning,
  knownPaths,
  knownSections,
  parseConfig,
} from '#core/config.ts';
import { nearest } from '#core/text.ts';
import { readConfigFile } from './file.ts';
import { isBranch, Layers, type Origin, withOrigin } from './layers.ts';
import { secretFault } from './secrets.ts';

export type { Origin } from './layers.ts';
export { SECRET_NAMES } from './secrets.ts';

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
  | {
      readonly ok: true;
      readonly config: Config;
      /** Where the value of each known key came from. */
      readonly origins: ReadonlyMap<string, Origin>;
      readonly warnings: readonly ConfigWarning[];
    }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** One row of `config show`. */
export interface ConfigRow {
  readonly path: string;
  readonly value: unknown;
  readonly origin: Origin;
}

const PREFIX = 'TWINLEG__';
const DEFAULT = 'default';
/** Keys that follow from another one where they are not set. */
const FOLLOWS: Readonly<Record<string, string>> = {
  'store.kind': 'wiring',
  'execution.executor': 'mode',
  'snapshot.everySeconds': 'wiring',
};
/** Keys below which the environment may name single values: by venue, and by asset. */
const INNER = /^(paper\.latencyms)\.(binance|upbit)$|^(paper\.balances)\.(binance|upbit)\.([a-z0-9]+)$/;

/** Reads the configuration from all of its sources: defaults < recorded < file < environment < `--set`. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const layers = new Layers();
  const warnings: ConfigWarning[] = [];
  if (sources.base !== undefined) addRecorded(layers, sources.base);
  const places = new Map<string, string>();
  const wholeFile = addFile(layers, sources, places);
  for (const [name, value] of Object.entries(sources.env)) {
    if (value === undefined) continue;
    if (name.startsWith(PREFIX)) addEnvironment(layers, name, value);
    else if (name.startsWith('TWINLEG_')) warnings.push(...misspelt(name));
  }
  for (const set of sources.sets) addOption(layers, set);
  const parsed = parseConfig(layers.raw);
  if (parsed.ok && layers.faults.length === 0) {
    return { ok: true, config: parsed.config, origins: originsOf(layers), warnings: [...warnings, ...parsed.warnings] };
  }
  const found = (parsed.ok ? [] : parsed.faults)
    // Beside an unreadable file, what contradicts a default may be right with the file.
    .filter(({ path }) => wholeFile || layers.originOf(path) !== undefined)
    .map((fault) => withOrigin(fault, placed(fault.path, layers.originOf(fault.path), places)));
  return { ok: false, faults: [...layers.faults, ...found] };
}

/** What is in force and where each value came from. Holds no secret, as none can be configured. */
export function describeConfig(config: Config, origins: ReadonlyMap<string, Origin>): ConfigRow[] {
  return knownPaths().map((path) => ({ path, value: valueAt(config, path), origin: origins.get(path) ?? DEFAULT }));
}

/** A recording holds every key resolved; what follows from others must go on following. */
function addRecorded(layers: Layers, base: unknown): void {
  if (!isBranch(base)) {
    layers.faults.push({ path: '(recorded)', message: 'the recorded configuration is no object' });
    return;
  }
  const open = { ...base };
  for (const path of Object.keys(FOLLOWS)) {
    const [section = '', key = ''] = path.split('.');
    const inner = open[section];
    if (isBranch(inner)) {
      const { [key]: _derived, ...rest } = inner;
      open[section] = rest;
    }
  }
  layers.merge(open, 'recorded');
}

/** False where a file is there and cannot be used. */
function addFile(layers: Layers, { file, defaultFile }: ConfigSources, places: Map<string, string>): boolean {
  const name = file ?? defaultFile;
  if (name === undefined) return true;
  const read = readConfigFile(name);
  if (!read.ok && read.missing && file === undefined) return true;
  layers.faults.push(...read.faults);
  if (!read.ok) return false;
  for (const [path, place] of read.places) places.set(path, place);
  layers.merge(read.value, `file ${name}`);
  return true;
}

function addEnvironment(layers: Layers, name: string, text: string): void {
  const words = name.slice(PREFIX.length).split('__');
  const flat = words.map((word) => word.replaceAll('_', '').toLowerCase()).join('.');
  const value = jsonOrText(text);
  const section = isBranch(value) ? knownSections().find((known) => known.toLowerCase() === flat) : undefined;
  const path = section ?? knownPaths().find((known) => known.toLowerCase() === flat) ?? innerPath(flat);
  if (path !== undefined) {
    layers.merge(value, `environment ${name}`, path.split('.'));
    return;
  }
  const secret = secretFault(name);
  const meant = nearest(flat, knownPaths()) ?? nearestLeaf(flat);
  const fault = secret ?? { path: name, message: 'unknown key in the environment' };
  layers.faults.push(
    meant === undefined || secret !== undefined ? fault : { ...fault, nearest: environmentName(meant) },
  );
}

function innerPath(flat: string): string | undefined {
  const [, latency, venue, balances, holder, asset] = INNER.exec(flat) ?? [];
  if (latency !== undefined) return `paper.latencyMs.${venue}`;
  return balances === undefined ? undefined : `paper.balances.${holder}.${asset?.toUpperCase()}`;
}

function nearestLeaf(flat: string): string | undefined {
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  const name = nearest(last(flat), knownPaths().map(last));
  return knownPaths().find((path) => last(path) === name);
}

function addOption(layers: Layers, set: string): void {
  const equals = set.indexOf('=');
  const path = (equals < 0 ? set : set.slice(0, equals)).trim();
  const secret = knownPaths().includes(path) ? undefined : secretFault(path);
  if (secret !== undefined) layers.faults.push(withOrigin(secret, '--set'));
  else if (equals < 0 || path === '') {
    layers.faults.push({ path: '--set', message: `${JSON.stringify(set)} is not of the form path=value` });
  } else layers.merge(jsonOrText(set.slice(equals + 1)), '--set', path.split('.'));
}

/** A name with single underscores where two are needed would otherwise do nothing, silently. */
function misspelt(name: string): ConfigWarning[] {
  const flat = name.slice('TWINLEG_'.length).replaceAll('_', '').toLowerCase();
  const path = knownPaths().find((known) => known.replaceAll('.', '').toLowerCase() === flat);
  return path === undefined ? [] : [{ path: name, message: `does nothing; it is spelt ${environmentName(path)}` }];
}

function originsOf(layers: Layers): Map<string, Origin> {
  return new Map(
    knownPaths().map((path) => {
      const source = FOLLOWS[path];
      const origin = layers.originOf(path) ?? (source === undefined ? undefined : layers.originOf(source));
      return [path, origin ?? DEFAULT];
    }),
  );
}

/** The origin with its line, where it is the file. */
function placed(path: string, origin: Origin | undefined, places: ReadonlyMap<string, string>): Origin | undefined {
  const place = origin?.startsWith('file ') ? places.get(path) : undefined;
  return place === undefined ? origin : `${origin}:${place}`;
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

/** A key as the environment names it: `strategy.stopLoss` is `TWINLEG__STRATEGY__STOP_LOSS`. */
export function environmentName(path: string): string {
  const words = path.split('.').map((word) => word.replace(/([A-Z])/g, '_$1').toUpperCase());
  return PREFIX + words.join('__');
}
