import { test } from 'node:test';
import { VENUES } from '#core/market/types.ts';
import { proveFeed, proveMapper } from '../support/proofs/frames.ts';

for (const venue of VENUES) {
  test(`${venue}: 1,000,000 broken frames through the mapper; none throws, memory is flat`, (t) => {
    const { perSecond, grownBytes } = proveMapper(venue, 1_000_000, 1);
    t.diagnostic(`${Math.round(perSecond)} frames/s, ${grownBytes} bytes of heap left over`);
  });

  test(`${venue}: 1,000,000 of them through the feed; it stays connected, memory is flat`, async (t) => {
    t.diagnostic(JSON.stringify(await proveFeed(venue, 1_000_000, 2)));
  });
}
