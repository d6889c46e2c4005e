import type { AlertBook, NoticeQueue } from '#core/ports/alerts.ts';
import type { OperatorLog } from '#core/ports/operator.ts';
import type { TableAccess } from '../access.ts';
import type { TableOwner } from '../owner.ts';
import { createDynamoAlertBook } from './book.ts';
import { type AlertIntake, createAlertIntake } from './intake.ts';
import { alertMaking } from './making.ts';
import { createDynamoOperatorLog } from './operator-log.ts';
import { createDynamoNoticeQueue } from './queue.ts';

/** All that alerting keeps on the table of a stage. */
export interface TableAlerts {
  readonly intake: AlertIntake;
  readonly queue: NoticeQueue;
  readonly book: AlertBook;
  readonly commands: OperatorLog;
  /** Who trades, as messages name it. */
  readonly run: string;
}

export function openTableAlerts(access: TableAccess, owner: TableOwner, keepDays: number): TableAlerts {
  const keepMs = keepDays * 86_400_000;
  const making = alertMaking(access, owner, keepMs);
  const intake = createAlertIntake(making);
  return {
    intake,
    queue: createDynamoNoticeQueue(making),
    book: createDynamoAlertBook(making, intake),
    commands: createDynamoOperatorLog(access, owner, keepMs),
    run: making.run,
  };
}
