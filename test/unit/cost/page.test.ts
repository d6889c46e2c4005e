import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ratesFor } from '#core/cost/between.ts';
import { billOf } from '#core/cost/bill.ts';
import { MEASURED } from '#core/cost/measured.ts';
import { COUNTED, LAYOUTS, MARKETS } from '#core/cost/rates.ts';
import { costPage } from '../../../scripts/cost-page.ts';

test('docs/COST.md is as the code makes it (npm run generate)', () => {
  const text = readFileSync(new URL('../../../docs/COST.md', import.meta.url), 'utf8');
  assert.equal(text === costPage(), true, 'it is old: npm run generate');
});

test('every market and layout was counted at 20 and 100 symbols, every count is there', () => {
  for (const market of MARKETS) {
    for (const layout of LAYOUTS) {
      const own = MEASURED.filter((hour) => hour.market === market && hour.layout === layout);
      assert.deepEqual(
        own.map(({ symbols }) => symbols).sort((a, b) => a - b),
        [20, 100],
        `${market} ${layout}`,
      );
    }
  }
  for (const { rates, seconds } of MEASURED) {
    assert.deepEqual(Object.keys(rates).toSorted(), [...COUNTED].toSorted());
    assert.ok(seconds >= 180);
  }
});

test('20 symbols in a quiet market cost less than 20 USD a month in the sharded layout', () => {
  const kind = { market: 'quiet', layout: 'sharded', symbols: 20 } as const;
  const { monthlyUsd } = billOf(ratesFor(MEASURED, kind), {
    ...kind,
    shards: 4,
    keepDays: 90,
    snapshotSeconds: 21_600,
    minReturn: 0.001,
  });
  assert.ok(monthlyUsd < 20, `${monthlyUsd}`);
});
