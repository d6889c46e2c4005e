import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = new URL('../../', import.meta.url).pathname;

/** Every document for people, from the root. */
export const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT })];

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A command as a document names it. */
export interface NamedCommand {
  readonly name: string;
  /** What follows the name. */
  readonly words: readonly string[];
}

const OPTIONS_WITH_VALUE = new Set(['--data', '--wiring', '--config', '--set']);

/** Every `npx twinleg …` within a code span or a code block; a block's comment, or what stands two spaces further right, is not part of it. */
export function commandsIn(text: string): NamedCommand[] {
  const spans = [...text.matchAll(/`(npx twinleg [^`\n]+)`/g)].map(([, span]) => span!);
  const blocks = [...text.matchAll(/^(?:\$ )?(npx twinleg .+)$/gm)].map(([, line]) => line!);
  return [...spans, ...blocks].flatMap((line) => {
    const words = line
      .split(/ {2,}| #/)[0]!
      .split(' ')
      .slice(2);
    while (OPTIONS_WITH_VALUE.has(words[0] ?? '')) words.splice(0, 2);
    const [name = '', ...rest] = words;
    return /^[a-z]+$/.test(name) ? [{ name, words: rest }] : [];
  });
}
