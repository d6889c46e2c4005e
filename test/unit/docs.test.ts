import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { knownPaths } from '#core/config.ts';
import type { Command } from '../../cli/command.ts';
import { Context } from '../../cli/context.ts';
import { COMMANDS } from '../../cli/registry.ts';
import { PAGES, ROOT, readPage } from '../support/documents.ts';
import { tradedStore } from '../support/traded-store.ts';

test('every relative link of the documents leads somewhere', () => {
  assert.ok(PAGES.length > 5, 'the documents were found');
  for (const page of PAGES) {
    for (const [, target = ''] of readPage(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(ROOT, dirname(page), target)), `${page}: ${target} is not there`);
    }
  }
});

test('every file that the documents name exists', () => {
  for (const page of PAGES) {
    const named = readPage(page).matchAll(/`((?:core|adapters|cli|simulator|test|scripts|bin|bench)\/[\w./-]*)`/g);
    for (const [, path = ''] of named) {
      const example = path === 'cli/commands/hello.ts' || path === 'core/guards/small-entry.ts';
      assert.ok(example || existsSync(join(ROOT, path)), `${page}: ${path} is not there`);
    }
  }
});

test('the README lists every command, and none that is not there', () => {
  const section = readPage('README.md').split('## Commands')[1]!.split('| exit code')[0]!;
  const listed = [...section.matchAll(/^\| `([a-z]+)` *\|/gm)].map(([, name]) => name);
  assert.deepEqual(listed.toSorted(), Object.keys(COMMANDS).toSorted());
});

test('every configuration key that the README names is one', () => {
  const section = readPage('README.md').split('## Configuration')[1]!.split('## How it is built')[0]!;
  const rows = [...section.matchAll(/^\| (`[a-z][^|]*`) *\|/gm)].map(([, cell]) => cell!);
  const keys = rows.flatMap((cell) => [...cell.matchAll(/`([\w.]+)`/g)].map(([, key]) => key!));
  const known = new Set(knownPaths());
  assert.ok(keys.length > 5);
  for (const key of keys) assert.ok(known.has(key), `${key} is no key`);
});

test('a command that is named to a person is one that works in a clone', () => {
  const files = globSync('{core,adapters,cli,scripts}/**/*.ts', { cwd: ROOT });
  const bare = new RegExp(`(?<!npx )\\btwinleg (?:${Object.keys(COMMANDS).join('|')}|--help)(?!\\w)`);
  assert.ok(files.length > 100);
  for (const file of [...files, 'README.md', ...globSync('docs/*.md', { cwd: ROOT })]) {
    if (!file.includes('D7')) assert.doesNotMatch(readPage(file), bare, `${file}: npx twinleg …`);
  }
});

test('the example of the page on adding a command runs as it stands there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'twinleg-hello-'));
  try {
    tradedStore(join(directory, 'twinleg.sqlite'));
    const block = /```ts\n([\s\S]*?)```/.exec(readPage('docs/adding-a-command.md'))![1]!;
    const file = join(directory, 'hello.ts');
    writeFileSync(file, block);
    const { command } = (await import(file)) as { command: Command };
    const context = new Context([], { json: true, data: directory, set: [], wiring: 'embedded' }, {});
    const results: unknown[] = [];
    const out = Object.assign(Object.create(context), { out: { result: (value: unknown) => results.push(value) } });
    assert.equal((await command.run(out)) ?? 0, 0);
    const stored = context.withRecords(async (records) => (await records.load()).symbols.length);
    assert.ok((await stored) > 0);
    assert.deepEqual(results, [{ symbols: await stored }]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
