import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PositionView } from '#core/portfolio/trade.ts';
import { withDirectory } from '../support/cli.ts';
import { describeHybrid } from '../support/cloud/describe-hybrid.ts';
import { startRefusing } from '../support/cloud/refusing.ts';
import { tcpDoor } from '../support/tcp-door.ts';

describeHybrid('one process on a table that fails, and that fails itself', (world) => {
  test('kill −9: the next run takes over and goes on; nothing is doubled, nothing is lost', () =>
    withDirectory(async (data) => {
      const stage = await world.open();
      const more = ['--set', 'paper.latencyMs=150'];
      for (let round = 0; round < 2; round++) {
        const run = stage.run(data, ...more);
        await run.event('decision');
        // Orders take 150 ms: this falls between their sending and their answer, or beside it.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
        assert.equal((await run.stop('SIGKILL')).code, null);
      }
      const last = stage.run(data, ...more);
      await last.event('alert', ({ code }) => code === 'ENGINE_CRASHED');
      await stage.closes(last, 1);
      assert.equal((await last.stop()).code, 0);
      const positions = await stage.ask<PositionView[]>('hybrid', 'positions');
      assert.ok(positions.every(({ state }) => state === 'OPEN'));
      await stage.inOrder();
    }));

  test('the table hangs, is away, is throttled: the loop goes on turning, and all is in order afterwards', () =>
    withDirectory(async (data) => {
      const stage = await world.open();
      let isThrottled = false;
      const proxy = await startRefusing(world.emulator.url, (call) =>
        isThrottled && !call.endsWith('BatchGetItem') ? 'ThrottlingException' : null,
      );
      const door = await tcpDoor(proxy.url);
      stage.endpoint = door.url;
      try {
        const run = stage.run(data, '--set', 'guards.errorRate.maxPerMinute=null');
        const { url } = await run.event('started');
        await stage.closes(run, 1);
        const outages: [() => void, () => void][] = [
          [door.hang, door.open],
          [door.shut, door.open],
          [() => (isThrottled = true), () => (isThrottled = false)],
        ];
        for (const [begin, end] of outages) {
          begin();
          const longestMs = await longestGap(String(url), 6000);
          assert.ok(longestMs < 5000, `the loop stood still for ${longestMs} ms`);
          end();
          await stage.closes(run, 1);
        }
        const away = run.log.filter(({ event, code }) => event === 'failed' && String(code).startsWith('STORE_'));
        assert.ok(away.length >= 3 && away.length < 60, `${away.length} failures are told, not one an event`);
        assert.equal((await run.stop()).code, 0);
        const positions = await stage.ask<PositionView[]>('hybrid', 'positions');
        assert.ok(positions.every(({ state }) => state === 'OPEN'));
        await stage.inOrder();
      } finally {
        await door.close();
        await proxy.close();
      }
    }));
});

/** The longest time for which a run did not answer over HTTP, ms. */
async function longestGap(url: string, forMs: number): Promise<number> {
  const endMs = performance.now() + forMs;
  let longestMs = 0;
  while (performance.now() < endMs) {
    const startedMs = performance.now();
    await (await fetch(`${url}/ready`)).text();
    longestMs = Math.max(longestMs, performance.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return longestMs;
}
