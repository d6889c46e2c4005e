import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunctionTelemetry } from '#adapters/wiring/function-telemetry.ts';
import { metricsOf } from '#core/metrics.ts';
import type { CloudStore } from '#core/ports/cloud-store.ts';
import { quotedTick } from '../../support/cloud/ticks.ts';

const tick = quotedTick('BTC/USDT', 1);
const delivered = { tick, sentAtMs: tick.receivedAtMs + 5, configEpoch: 0 } as Parameters<
  FunctionTelemetry['judging']
>[0];

async function standsAt({ reading }: FunctionTelemetry, series: string): Promise<number> {
  const line = (await reading.page()).split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1));
}

test('a judgement’s own time is without what was waited for the store', async () => {
  const telemetry = new FunctionTelemetry(() => tick.receivedAtMs + 105);
  const slow = async () => await new Promise((resolve) => setTimeout(resolve, 400));
  const store = telemetry.timed({ read: slow, commit: slow, venueOrders: {} } as unknown as CloudStore);
  await telemetry.judging(delivered, async () => {
    await Promise.all([store.read('BTC/USDT'), store.commit({} as never)]);
    return 'in_time';
  });
  assert.ok((await standsAt(telemetry, 'twinleg_loop_latency_seconds_sum')) < 0.35);
  assert.ok((await standsAt(telemetry, 'twinleg_store_commit_seconds_sum')) >= 0.39);
  assert.equal(await standsAt(telemetry, 'twinleg_tick_transit_seconds_sum'), 0.1);
});

test('what is laid aside is counted by reasons of the catalogue, whatever a reader calls them', async () => {
  const telemetry = new FunctionTelemetry(() => 0);
  for (const reason of ['not_json', 'oversized', 'unknown_version', 'unknown_symbol', '"}evil'])
    telemetry.laidAside(reason);
  await telemetry.judging(delivered, async () => 'late');
  await assert.rejects(
    telemetry.judging(delivered, async () => {
      throw new Error('away');
    }),
  );
  const counts = ['malformed', 'unknown_version', 'unknown_symbol', 'too_old', 'failed'].map((reason) =>
    standsAt(telemetry, `twinleg_dead_letters_total{reason="${reason}"}`),
  );
  assert.deepEqual(await Promise.all(counts), [3, 1, 1, 1, 1]);
});

test('whatever is told, each label on the page has a value of the catalogue', async () => {
  const telemetry = new FunctionTelemetry(() => 0);
  const hostile = 'x"}\n# HELP evil \u202e';
  telemetry.error(hostile);
  telemetry.laidAside(hostile);
  const page = await telemetry.reading.page();
  const specs = metricsOf('function').map(([, spec]) => spec);
  const labelled = [...page.matchAll(/^(twinleg_\w+)\{(.+)\} \S+$/gm)];
  assert.ok(labelled.length > 20);
  for (const [, name, inner] of labelled) {
    const { labels } = specs.find((spec) => name!.replace(/_(bucket|sum|count)$/, '') === spec.name)!;
    for (const [, label, value] of inner!.matchAll(/(\w+)="([^"]*)"/g))
      if (label !== 'le')
        assert.ok((labels[label!] as readonly string[]).includes(value!), `${name} ${label}=${value}`);
  }
  for (const line of page.trim().split('\n')) assert.match(line, /^(# (HELP|TYPE) )?twinleg_|^$/);
});
