import { createSqliteAlertBook } from '#adapters/store/sqlite/alert-book.ts';
import { createAlertWriter } from '#adapters/store/sqlite/alert-writer.ts';
import { createOperatorLog } from '#adapters/store/sqlite/operator-log.ts';
import { AlertStore } from '../support/alert-store.ts';
import { type AlertingUnderTest, alertContract } from '../support/contract/alerts.ts';

alertContract('sqlite', async () => {
  const store = new AlertStore();
  const { database, queue } = store;
  const writer = createAlertWriter(database);
  const at: AlertingUnderTest = {
    queue,
    book: createSqliteAlertBook(database),
    commands: createOperatorLog(database),
    write: async (...alerts) => store.write(...alerts),
    remind: async (nowMs) => database.transaction(() => writer.remind(nowMs)),
    again: () => at,
  };
  return at;
});
