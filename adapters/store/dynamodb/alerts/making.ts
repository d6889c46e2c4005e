import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Alert } from '#core/alerts/types.ts';
import type { NoticeKind } from '#core/ports/alerts.ts';
import { createTableKeys, type TableKey, type TableKeys } from '../../keys.ts';
import { ownerName } from '../../owner-name.ts';
import type { TableAccess } from '../access.ts';
import { body, keyItem, text } from '../items.ts';
import type { TableOwner } from '../owner.ts';

/** P0 waits apart from everything else. */
export type Lane = 'urgent' | 'others';

/** A notice as its item holds it. */
export interface StoredNotice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly atMs: number;
  /** With the severity and reason that are to be told. */
  readonly alert: Alert;
  readonly repeats: number;
  /** When the alert that it is about was raised first, and its id: its place in the history. */
  readonly about: { readonly atMs: number; readonly id: string };
}

export interface AlertMaking {
  readonly access: TableAccess;
  readonly keys: TableKeys;
  readonly table: string;
  readonly keepMs: number;
  /** Who trades, as messages name it. */
  readonly run: string;
}

export function alertMaking(access: TableAccess, owner: TableOwner, keepMs: number): AlertMaking {
  const { table } = access.target;
  const keys = createTableKeys(owner.mode, owner.source);
  return { access, keys, table, keepMs, run: `${ownerName(owner)}, ${table}` };
}

export function laneOf(severity: Alert['severity']): Lane {
  return severity === 'P0' ? 'urgent' : 'others';
}

type NoticePlace = Pick<StoredNotice, 'kind' | 'atMs' | 'about'> & { readonly alert: Pick<Alert, 'severity'> };

const noticeId = ({ about, kind, atMs }: NoticePlace) => `${about.id}-${kind}-${atMs}`;

export function noticeKey({ keys }: Pick<AlertMaking, 'keys'>, notice: NoticePlace): TableKey {
  const { severity } = notice.alert;
  return keys.notice(laneOf(severity), severity, notice.atMs, noticeId(notice));
}

/** @param state `inhibited`: not told while a graver alert explains it */
export function noticePut(
  making: Pick<AlertMaking, 'keys' | 'table'>,
  notice: Omit<StoredNotice, 'id'>,
  state: 'waiting' | 'inhibited' = 'waiting',
): TransactWriteItem {
  const stored = { ...notice, id: noticeId(notice) };
  const Item = { ...keyItem(noticeKey(making, notice)), state: text(state), body: body(stored) };
  return { Put: { TableName: making.table, Item } };
}
