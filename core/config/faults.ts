import type { z } from 'zod';
import { nearest } from '../text.ts';
import { shown } from './fields.ts';
import { nearestPath } from './paths.ts';

/** One thing that is wrong with a configuration, and where. */
export interface ConfigFault {
  /** Dotted path of the key. */
  readonly path: string;
  readonly message: string;
  /** The known key that was most likely meant. */
  readonly nearest?: string;
}

/** A fault in one line, with the key that was probably meant. */
export function describeFault({ path, message, nearest }: ConfigFault): string {
  return `${path}: ${message}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

/** Stands for the whole configuration where no key is to blame. */
const WHOLE = '(configuration)';

const NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object { … }',
  record: 'an object { … }',
};

type Issue = z.core.$ZodIssue;

/** The faults in plain words, each once. */
export function faultsOf(issues: readonly Issue[]): ConfigFault[] {
  const tight = issues.filter((issue) => issue.code !== 'too_big' || issue.maximum !== Number.MAX_SAFE_INTEGER);
  const faults = (tight.length > 0 ? tight : issues).flatMap((issue) => faultsOfIssue(issue, []));
  const seen = new Set<string>();
  return faults.filter(({ path, message }) => {
    const id = `${path}\n${message}`;
    return !seen.has(id) && seen.add(id);
  });
}

function faultsOfIssue(issue: Issue, prefix: readonly string[]): ConfigFault[] {
  const parts = [...prefix, ...issue.path.map(String)];
  const path = parts.length === 0 ? WHOLE : parts.join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(parts, key));
  if (issue.code === 'invalid_union') {
    // The alternative whose form was met and whose fields are wrong says more than the list of alternatives.
    const inside = issue.errors.find((errors) => errors.every((error) => isWithin(error)));
    if (inside !== undefined) return inside.flatMap((error) => faultsOfIssue(error, parts));
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }));
  return [{ path, message: plain(issue) }];
}

function isWithin(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function unknownKey(parents: readonly string[], key: string): ConfigFault {
  const path = [...parents, key].join('.');
  const meant = nearestPath(parents, key);
  if (meant === undefined) return { path, message: 'unknown key' };
  const message =
    key.includes('.') && meant === key ? 'levels are nested objects, not one key with dots' : 'unknown key';
  return { path, message, nearest: meant };
}

function plain(issue: Issue): string {
  const { input } = issue;
  const got = typeof input === 'number' || typeof input === 'boolean' ? `, not ${shown(input)}` : '';
  if (issue.code === 'invalid_type') {
    const wanted = NAMES[issue.expected] ?? issue.expected;
    if (input === undefined) return `is missing: must be ${wanted}`;
    return `must be ${wanted}, not ${typeof input === 'string' ? 'a text' : shown(input)}`;
  }
  if (issue.code === 'invalid_value') return choice(issue.values.map(String), input);
  if (!/^(Too |Invalid )/.test(issue.message)) return `${issue.message}${issue.code === 'too_big' ? got : ''}`;
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return 'must not be empty';
    return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${got}`;
  }
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${got}`;
  return issue.message;
}

function choice(values: readonly string[], input: unknown): string {
  const meant = typeof input === 'string' ? nearest(input, values) : undefined;
  return `must be one of ${values.join(', ')}, not ${shown(input)}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
