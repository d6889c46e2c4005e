import { after, before, test } from 'node:test';
import { createTableAccess } from '#adapters/store/dynamodb/access.ts';
import { openTableAlerts } from '#adapters/store/dynamodb/alerts/open.ts';
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
}
