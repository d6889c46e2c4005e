import { readFileSync } from 'node:fs';
import { type Node, type ParseError, type ParseErrorCode, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ConfigFault } from '#core/config.ts';

/** Read where it lies in the directory and no other is named. */
export const DEFAULT_CONFIG_FILE = 'twinleg.json';

/** What a configuration file holds, or what is wrong with it. */
export type ConfigFile =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** `line:column` of each key, by dotted path. */
      readonly places: ReadonlyMap<string, string>;
      /** Keys that stand twice. */
      readonly faults: readonly ConfigFault[];
    }
  | { readonly ok: false; readonly missing: boolean; readonly faults: readonly ConfigFault[] };

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'unexpected word or sign',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a key in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing } is expected',
  CloseBracketExpected: 'a closing ] is expected',
  EndOfFileExpected: 'the file should end here',
  InvalidCommentToken: 'this is no comment',
  UnexpectedEndOfComment: 'a comment does not end',
  UnexpectedEndOfString: 'a text does not end',
  UnexpectedEndOfNumber: 'a number does not end',
  InvalidUnicode: 'this is no \\u sequence',
  InvalidEscapeCharacter: 'this is no escape sequence',
  InvalidCharacter: 'this character is not allowed',
};

/** Reads a file of JSON with comments and trailing commas; every syntax error is listed with line:column. */
export function readConfigFile(name: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'it does not exist' : code === 'EISDIR' ? 'it is a folder' : message;
    const fault = { path: name, message: `the configuration file cannot be read: ${why}` };
    return { ok: false, missing: code === 'ENOENT', faults: [fault] };
  }
  try {
    return parseConfigText(text, name);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, missing: false, faults: [{ path: name, message: 'is nested too deeply' }] };
  }
}

function parseConfigText(raw: string, name: string): ConfigFile {
  const text = raw.replace(/^\uFEFF/, ' ');
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const placeOf = (offset: number) => place(text, offset);
  if (errors.length > 0) {
    const faults = errors.map(({ error, offset }) => ({ path: name, message: `${placeOf(offset)}: ${words(error)}` }));
    return { ok: false, missing: false, faults };
  }
  const places = new Map<string, string>();
  const faults: ConfigFault[] = [];
  const value = tree === undefined ? {} : toValue(tree, []);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ok: true, value, places, faults };
  return { ok: false, missing: false, faults: [{ path: name, message: 'must hold one object: { … }' }] };

  function toValue(node: Node, path: readonly string[]): unknown {
    if (node.type === 'array') return (node.children ?? []).map((child, i) => toValue(child, [...path, String(i)]));
    if (node.type !== 'object') return node.value;
    const made: Record<string, unknown> = Object.create(null);
    for (const { children } of node.children ?? []) {
      const [keyNode, valueNode] = children ?? [];
      if (keyNode === undefined || valueNode === undefined) continue;
      const key = String(keyNode.value);
      const inner = [...path, key];
      const at = placeOf(keyNode.offset);
      if (Object.hasOwn(made, key)) {
        faults.push({ path: inner.join('.'), message: `stands twice, the second time at ${name}:${at}` });
      }
      places.set(inner.join('.'), at);
      made[key] = toValue(valueNode, inner);
    }
    return made;
  }
}

function words(code: ParseErrorCode): string {
  const name = printParseErrorCode(code);
  return WORDS[name] ?? name;
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
