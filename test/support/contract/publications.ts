import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { History } from '#adapters/store/sqlite/history.ts';
import type { Standing } from '#core/engine/standing.ts';
import type { PortfolioMarks } from '#core/portfolio/report.ts';
import type { Records } from '#core/ports/records.ts';
import { until } from '../until.ts';

export interface OpenedPublications {
  readonly history: Pick<History, 'publishStatus' | 'publishStanding' | 'keepMarks' | 'marks'>;
  readonly records: Records;
}

const NOW = 1_800_000_000_000;
const STANDING = { symbol: 'BTC/USDT', atMs: NOW } as unknown as Standing;
const marksAt = (price: number): PortfolioMarks => ({
  prices: { 'binance:USDT': 1, 'binance:BTC': price, 'upbit:KRW': 1 / 1390 },
  symbols: ['BTC/USDT'],
  sizes: { bySymbol: { 'BTC/USDT': 500 }, meanUsdt: 500 },
  capitalNeeded: { totalUsdt: 1000, bySymbol: { 'BTC/USDT': 1000 } },
});

/** What a run shows of itself in its store is what commands read there, wherever the store is. */
export function publicationsContract(name: string, open: () => Promise<OpenedPublications>): void {
  test(`${name}: status and standings count for a while, marks stay, the newest of each is read`, async () => {
    const { history, records } = await open();
    assert.deepEqual([await records.status(NOW), await records.marks(), history.marks()], [null, null, null]);
    for (const price of [91_000, 92_000]) {
      history.publishStatus({ running: true, price }, NOW, 5000);
      history.publishStanding(STANDING, NOW, 5000);
      history.keepMarks(marksAt(price));
    }
    // A table is written to without waiting.
    await until('all is written', async () => {
      const status = await records.status<{ price: number }>(NOW);
      const marks = await records.marks();
      return status?.value.price === 92_000 && marks?.prices['binance:BTC'] === 92_000;
    });
    assert.deepEqual(await records.marks(), marksAt(92_000));
    assert.deepEqual(history.marks(), marksAt(92_000));
    assert.equal((await records.status(NOW + 5000))?.expired, false);
    assert.equal((await records.status(NOW + 5001))?.expired, true);
    assert.deepEqual(await records.standing('BTC/USDT', NOW), { value: STANDING, expired: false });
    assert.equal((await records.standing('BTC/USDT', NOW + 5001))?.expired, true);
    assert.equal(await records.standing('ETH/USDT', NOW), null);
  });
}
