import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ALERT_CODES, alertSpec, runbookOf } from '#core/alerts/catalogue.ts';
import { knownPaths } from '#core/config.ts';
import { METRICS } from '#core/metrics.ts';
import { COMMANDS } from '../../cli/registry.ts';
import { commandsIn, type NamedCommand, PAGES, readPage } from '../support/documents.ts';

/** Every match in every page: the page, then what the expression's two groups hold. */
function matches(expression: RegExp): [page: string, first: string, second: string][] {
  return PAGES.flatMap((page) =>
    [...readPage(page).matchAll(expression)].map(([, first = '', second = '']): [string, string, string] => [
      page,
      first,
      second,
    ]),
  );
}

/** As the usual renderers make an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function anchors(page: string): Set<string> {
  return new Set([...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!)));
}

test('every alert has its section, where its messages point, and no section is of none', () => {
  const sections = readPage('docs/RUNBOOK.md').split(/^## /m).slice(1);
  const byAnchor = new Map(sections.map((section) => [anchorOf(section.split('\n', 1)[0]!), section]));
  for (const code of ALERT_CODES) {
    const [page, anchor = ''] = runbookOf(code).split('#');
    const section = byAnchor.get(anchor);
    assert.equal(page, 'docs/RUNBOOK.md');
    assert.ok(section !== undefined, `${code} has no section`);
    const { severity, worsens, condition } = alertSpec(code);
    const severities = worsens === undefined ? severity : `${severity}, later ${worsens}`;
    assert.ok(
      section.includes(`\`${code}\` · ${severities} · ${condition}\n`),
      `${code}: \`${code}\` · ${severities} · ${condition}`,
    );
    const parts = [...section.matchAll(/^- \*\*(\w+)\*\*: \S/gm)].map(([, part]) => part);
    assert.deepEqual(parts, ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'], code);
  }
  assert.equal(byAnchor.size, ALERT_CODES.length);
});

test('every heading that a document points to is there', () => {
  const links = matches(/\]\(([^)#:]*)#([^)]+)\)/g);
  assert.ok(links.length > 3, `${links.length}`);
  for (const [page, target, anchor] of links) {
    const to = target === '' ? page : join(dirname(page), target);
    assert.ok(anchors(to).has(anchor), `${page}: ${target}#${anchor} is not there`);
  }
});

test('every metric that a document names is in the catalogue', () => {
  const names = new Set(Object.values(METRICS).map(({ name }): string => name));
  const named = matches(/\b(twinleg_[a-z0-9_]+)\b/g);
  assert.ok(named.length > 60, `${named.length}`);
  for (const [page, name] of named) {
    const base = name.replace(/_(bucket|sum|count)$/, '');
    assert.ok(names.has(name) || names.has(base), `${page}: ${name}`);
  }
});

test('every configuration key that a document names is one', () => {
  const known = knownPaths();
  const sections = new Set(known.map((path) => path.split('.')[0]!));
  // The page of figures names the fields of its JSON, and the one on adding a guard makes a key.
  const other = new Set(['docs/kpis.md', 'docs/adding-a-guard.md']);
  const named = matches(/`([a-z]+(?:\.[a-zA-Z]+)+)`/g).filter(
    ([page, key]) => !other.has(page) && sections.has(key.split('.')[0]!) && !/\.(ts|md|yml|json)$/.test(key),
  );
  assert.ok(named.length > 100, `${named.length}`);
  for (const [page, key] of named) {
    assert.ok(
      known.some((path) => path === key || path.startsWith(`${key}.`)),
      `${page}: ${key}`,
    );
  }
});

test('every command that a document names exists, with its options', async () => {
  const named = PAGES.flatMap((page) => commandsIn(readPage(page)).map((each): [string, NamedCommand] => [page, each]));
  assert.ok(named.length > 100);
  for (const [page, { name, words }] of named) {
    const load = COMMANDS[name];
    assert.ok(load !== undefined, `${page}: ${name}`);
    const { command } = await load();
    const own = (command.options ?? []).flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? []);
    const allowed = new Set([...own, '--config', '--set', '--data', '--wiring', '--json', '--help']);
    for (const word of words) if (word.startsWith('--')) assert.ok(allowed.has(word), `${page}: ${name} ${word}`);
    const choices = command.arguments?.[0]?.choices;
    const first = words.find((word, i) => /^[a-z]+$/.test(word) && words[i - 1]?.startsWith('--') !== true);
    if (choices !== undefined && first !== undefined) assert.ok(choices.includes(first), `${page}: ${name} ${first}`);
  }
});
