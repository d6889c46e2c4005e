import { z } from 'zod';
import { editDistance, nearest } from '../text.ts';
import { configSchema } from './schema.ts';

/** What can be set, read off the schema: keys are named by dotted path, such as `strategy.stopLoss`. */
const SETTABLE = pathsOf(configSchema, '');
const LEAVES = SETTABLE.filter(({ leaf }) => leaf).map(({ path }) => path);
const SECTIONS = SETTABLE.filter(({ leaf }) => !leaf).map(({ path }) => path);

/** Every key that holds a value, in the schema's order. */
export function knownPaths(): readonly string[] {
  return LEAVES;
}

/** Every section that groups keys. */
export function knownSections(): readonly string[] {
  return SECTIONS;
}

/** The fields of a section, however its defaults are wrapped around it. */
export function shapeOf(schema: unknown): Readonly<Record<string, z.ZodType>> | undefined {
  let inner = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : undefined;
}

/** The known key that an unknown one most likely means, as a full path: here, or by its name elsewhere. */
export function nearestPath(parents: readonly string[], key: string): string | undefined {
  const prefix = parents.length === 0 ? '' : `${parents.join('.')}.`;
  const wanted = flat(key);
  const elsewhere = SETTABLE.map(({ path }) => path).filter((path) => flat(lastOf(path)) === wanted);
  const byWhole = SETTABLE.find(({ path }) => flat(path) === wanted)?.path;
  const siblings = keysAt(parents);
  const here = siblings.find((name) => flat(name) === wanted);
  if (here !== undefined) return prefix + here;
  const exact = byWhole ?? closest(prefix + key, elsewhere);
  if (exact !== undefined) return exact;
  const sibling = nearest(key, siblings);
  if (sibling !== undefined) return prefix + sibling;
  const name = nearest(key, new Set(LEAVES.map(lastOf)));
  return closest(
    prefix + key,
    LEAVES.filter((path) => lastOf(path) === name),
  );
}

function closest(path: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates.map((candidate) => ({ candidate, distance: editDistance(path, candidate) }));
  return ranked.sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** The keys that stand at a path, also within a value that may be an object. */
function keysAt(path: readonly string[]): string[] {
  let schema: unknown = configSchema;
  for (const part of path) schema = objectOf(schema)?.[part];
  return Object.keys(objectOf(schema) ?? {});
}

function objectOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  let inner = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodNullable) {
    inner = inner.unwrap();
  }
  if (inner instanceof z.ZodUnion) return objectOf(inner.options.find((option) => option instanceof z.ZodObject));
  return shapeOf(inner);
}

function pathsOf(schema: unknown, prefix: string): { path: string; leaf: boolean }[] {
  return Object.entries(shapeOf(schema) ?? {}).flatMap(([key, inner]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return shapeOf(inner) === undefined ? [{ path, leaf: true }] : [{ path, leaf: false }, ...pathsOf(inner, path)];
  });
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Spelling aside: `min_profit_threshold` is `minProfitThreshold`. */
function flat(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
