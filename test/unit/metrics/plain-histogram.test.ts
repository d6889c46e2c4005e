import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { PlainHistogram } from '#adapters/metrics/plain-histogram.ts';

test('its page and its values are those of the library’s own histogram, whatever is observed', async () => {
  const observed = fc.array(fc.oneof(fc.double({ min: -1, max: 3, noNaN: true }), fc.constantFrom(0.5, 1, 2)));
  await fc.assert(
    fc.asyncProperty(observed, async (values) => {
      const [own, theirs] = [new Registry(), new Registry()];
      const config = { name: 'took_seconds', help: 'How long.', buckets: [0.5, 1, 2] };
      const plain = new PlainHistogram({ ...config, registers: [own] });
      const usual = new Histogram({ ...config, registers: [theirs] });
      for (const value of values) {
        plain.observe(value);
        usual.observe(value);
      }
      assert.equal(await own.metrics(), await theirs.metrics());
      const json = (registry: Registry) => registry.getMetricsAsJSON().then((metrics) => JSON.stringify(metrics));
      assert.equal(await json(own), await json(theirs));
    }),
    { numRuns: 50 },
  );
});
