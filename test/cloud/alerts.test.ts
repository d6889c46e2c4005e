import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
import { p2 } from '../support/alert-store.ts';
import { freshTable } from '../support/cloud-store.ts';
import { type AlertingUnderTest, alertContract } from '../support/contract/alerts.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';

for (const name of ['dynamodb-local', 'ministack'] as const) {
  const missing = missingEmulator(name);
  if (missing !== undefined) {
    test(`alerts: dynamodb on ${name} (${missing})`, { skip: true });
    continue;
  }
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS[name].start();
  });
  after(() => emulator.stop());
  alertContract(`dynamodb on ${name}`, async () => {
    const { table, client } = await freshTable(emulator);
    const open = (): AlertingUnderTest => {
      const access = createTableAccess(client(), { table, region: 'ap-northeast-2' });
      const { intake, queue, book, commands } = openTableAlerts(access, { mode: 'paper', source: 'simulator' }, 90);
      return {
        queue,
        book,
        commands,
        async write(...alerts) {
          for (const alert of alerts) await intake.take(alert);
        },
        remind: (nowMs) => intake.remind(nowMs),
        again: open,
      };
    };
    return open();
  });

  test(`dynamodb on ${name}: to tell of one of many reads few`, async (t) => {
    const { table, client } = await freshTable(emulator);
    const own = client();
    let items = 0;
    own.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        items += (result.output as { Items?: readonly unknown[] }).Items?.length ?? 0;
        return result;
      },
      { step: 'initialize' },
    );
    const access = createTableAccess(own, { table, region: 'ap-northeast-2' });
    const { intake, queue } = openTableAlerts(access, { mode: 'paper', source: 'simulator' }, 90);
    const atMs = Date.now();
    for (let i = 0; i < 300; i += 20)
      await Promise.all(Array.from({ length: 20 }, (_, j) => intake.take(p2(`${i + j}`, atMs + i + j))));
    const read = async (work: () => Promise<unknown>) => {
      const before = items;
      await work();
      return items - before;
    };
    const claimed = await read(() => queue.claim({ urgent: false, most: 1, attempt: 'a', nowMs: atMs }));
    const waiting = await read(() => queue.waiting(false, 11));
    const told = await read(() => queue.markTold(p2('7', atMs + 7), atMs));
    t.diagnostic(JSON.stringify({ claimed, waiting, told }));
    assert.ok(claimed <= 11 && waiting <= 42 && told === 0);
    assert.equal(await queue.waiting(false, 999), 298);
  });
}
