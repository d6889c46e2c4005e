import { type ConfigFault, knownPaths, knownSections } from '#core/config.ts';
import { secretFault } from './secrets.ts';

/** Where a value came from: `default`, `recorded`, `file NAME`, `environment NAME` or `--set`. */
export type Origin = string;

type Branch = Record<string, unknown>;

/** Deeper than any key: what lies below is taken as it stands. */
const MAX_DEPTH = 8;
const LEAVES = new Set(knownPaths());
const SECTIONS = new Set(knownSections());

/** Values from several sources, later ones over earlier ones, each remembering where it came from. */
export class Layers {
  readonly raw: Branch = Object.create(null);
  readonly faults: ConfigFault[] = [];
  readonly #origins = new Map<string, Origin>();

  /** Lays a value over what is there; objects are merged level by level, down to the keys. */
  merge(value: unknown, origin: Origin, path: readonly string[] = []): void {
    const dotted = path.join('.');
    if (!isBranch(value) || LEAVES.has(dotted) || path.length >= MAX_DEPTH) {
      this.put(path, value, origin);
      return;
    }
    const entries = Object.entries(value);
    if (entries.length === 0 && path.length > 0 && !SECTIONS.has(dotted)) this.put(path, value, origin);
    for (const [key, inner] of entries) {
      const full = [...path, key];
      const secret = LEAVES.has(full.join('.')) ? undefined : secretFault(full.join('.'));
      if (secret !== undefined) this.faults.push(withOrigin(secret, origin));
      else this.merge(inner, origin, full);
    }
  }

  put(path: readonly string[], value: unknown, origin: Origin): void {
    let at = this.raw;
    for (const [depth, part] of path.slice(0, -1).entries()) {
      const inner = Object.hasOwn(at, part) ? at[part] : undefined;
      // A value where a section belongs stays, so that it is named as a fault.
      if (inner !== undefined && !isBranch(inner) && SECTIONS.has(path.slice(0, depth + 1).join('.'))) return;
      const next: Branch = isBranch(inner) ? inner : Object.create(null);
      at[part] = next;
      at = next;
    }
    const last = path.at(-1);
    if (last === undefined) return;
    at[last] = copyOf(value, 0);
    const dotted = path.join('.');
    for (const key of this.#origins.keys()) if (key.startsWith(`${dotted}.`)) this.#origins.delete(key);
    this.#origins.set(dotted, origin);
  }

  /** The source that had the last word about a key or anything within it; undefined where none spoke. */
  originOf(path: string): Origin | undefined {
    for (const [key, origin] of [...this.#origins].reverse()) {
      if (key === path || key.startsWith(`${path}.`) || path.startsWith(`${key}.`)) return origin;
    }
    return undefined;
  }
}

export function withOrigin(fault: ConfigFault, origin: Origin | undefined): ConfigFault {
  return origin === undefined ? fault : { ...fault, message: `${fault.message} (from ${origin})` };
}

export function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy, so that a later layer never writes into the object of an earlier source. */
function copyOf(value: unknown, depth: number): unknown {
  if (!isBranch(value) || depth > MAX_DEPTH) return value;
  const made: Branch = Object.create(null);
  for (const [key, inner] of Object.entries(value)) made[key] = copyOf(inner, depth + 1);
  return made;
}
