import { test } from 'node:test';
import { VENUES } from '#core/market/types.ts';
import { proveFeed, proveMapper } from '../support/proofs/frames.ts';

for (const venue of VENUES) {
  test(`${venue}: broken frames through mapper and feed; none throws, memory is flat, whole ones still quote`, async () => {
    proveMapper(venue, 50_000, 3);
    await proveFeed(venue, 5_000, 4);
  });
}
