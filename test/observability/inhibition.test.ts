import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingPrograms } from '../../infra/observability/binaries.ts';
import { freePort } from '../../infra/observability/server.ts';
import { startStack } from '../../infra/observability/stack.ts';
import { withDirectory } from '../support/cli.ts';
import { AlertmanagerApi } from '../support/observability/alertmanager.ts';
import { until } from '../support/until.ts';

const skip = missingPrograms('prometheus', 'alertmanager') ?? false;
const A = { job: 'twinleg', instance: '127.0.0.1:9464' };
const B = { job: 'twinleg', instance: '127.0.0.1:9465' };

test('a run that is gone silences its own symptoms and no other run’s, nor what a stage’s functions push', {
  skip,
}, async () => {
  await withDirectory(async (directory) => {
    const sink = createServer((_request, response) => void response.end());
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    const stack = await startStack({
      directory: join(directory, 'stack'),
      targets: [],
      groupWaitSeconds: 1,
      groupIntervalSeconds: 1,
      webhookUrl: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`,
      webhookSecret: 'secret',
      deadManUrl: null,
      telegram: null,
      ports: { prometheus: await freePort(), alertmanager: await freePort(), grafana: await freePort() },
    });
    const alertmanager = new AlertmanagerApi(stack.alertmanager.url);
    try {
      await alertmanager.fire('ENGINE_CRASHED', { severity: 'P0', ...A });
      for (const run of [A, B]) {
        await alertmanager.fire('STORE_LOST', { severity: 'P0', ...run });
        await alertmanager.fire('BAD_FRAMES', { severity: 'P2', venue: 'upbit', ...run });
      }
      await alertmanager.fire('ERROR_LOGGED', { severity: 'P1' });
      for (const code of ['STORE_LOST', 'BAD_FRAMES']) {
        await until(`${code} of the dead`, async () => (await alertmanager.state(code, A)) === 'suppressed');
        await until(`${code} of the living`, async () => (await alertmanager.state(code, B)) === 'active');
      }
      await until('what the cloud pushes', async () => (await alertmanager.state('ERROR_LOGGED')) === 'active');
      assert.equal(await alertmanager.state('ENGINE_CRASHED'), 'active');

      // The same holds between any cause and its symptoms.
      await alertmanager.fire('ERROR_RATE', { severity: 'P2', ...B });
      await until('its own store’s loss', async () => (await alertmanager.state('ERROR_RATE', B)) === 'suppressed');
      await alertmanager.fire('ERROR_RATE', { severity: 'P2' });
      await until('not another’s', async () => (await alertmanager.state('ERROR_RATE', { instance: '' })) === 'active');
      await alertmanager.fire('SERIES_GONE', { severity: 'P1' });
      await until('nothing is left', async () => (await alertmanager.state('SERIES_GONE')) === 'suppressed');
      await alertmanager.fire('VENUE_DOWN', { severity: 'P1', venue: 'upbit', ...B });
      for (const venue of ['upbit', 'binance'])
        await alertmanager.fire('RECONNECT_STORM', { severity: 'P2', venue, ...B });
      const storm = (venue: string) => alertmanager.state('RECONNECT_STORM', { venue, ...B });
      await until('of that venue', async () => (await storm('upbit')) === 'suppressed');
      await until('not of the other', async () => (await storm('binance')) === 'active');
    } finally {
      await stack.stop();
      sink.close();
    }
  });
});
