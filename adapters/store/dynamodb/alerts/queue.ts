import { DeleteItemCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Alert } from '#core/alerts/types.ts';
import { EMPTY_WINDOW } from '#core/alerts/window.ts';
import type { Notice, NoticeQueue } from '#core/ports/alerts.ts';
import { failureOf } from '../errors.ts';
import { bodyOf, type Item, keyItem, numberOf, numeric, text, textOf } from '../items.ts';
import { type AlertMaking, type Lane, laneOf, type StoredNotice } from './making.ts';
import { readSilences } from './silences.ts';
import { changeVersioned } from './versioned.ts';

/** More than fit into one summary need not be counted. */
const COUNTED = 1100;
/** Requests under way at once. */
const AT_ONCE = 40;

interface Claimed {
  readonly item: Item;
  readonly notice: StoredNotice;
}

/** The queue of notices on the table of a stage; any number of senders may work on it. */
export function createDynamoNoticeQueue(making: AlertMaking): NoticeQueue {
  const { access, keys, table, run } = making;
  /** What this sender holds, by its try. */
  const held = new Map<string, readonly Claimed[]>();

  const lane = (name: Lane, first: number) => access.query(keys.partition('notice', name), { first });
  const keyOf = (item: Item) => ({ pk: item.pk!, sk: item.sk! });
  const isWaiting = (item: Item) => item.state?.S === 'waiting';

  async function remove(item: Item): Promise<void> {
    await access.repeat(() => access.client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(item) })));
  }

  /** Takes one for a try, where nobody else has. */
  async function take(item: Item, attempt: string, nowMs: number): Promise<Claimed | null> {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(item),
      UpdateExpression: 'SET #state = :sending, attempt = :attempt, claimedAtMs = :now',
      ConditionExpression: '#state = :waiting OR (#state = :sending AND attempt = :attempt)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':sending': text('sending'),
        ':waiting': text('waiting'),
        ':attempt': text(attempt),
        ':now': numeric(nowMs),
      },
    });
    return await access.repeat(async () => {
      try {
        await access.client.send(command);
        return { item, notice: bodyOf<StoredNotice>(item) };
      } catch (error) {
        if (failureOf(error) === 'condition') return null;
        throw error;
      }
    });
  }

  /** Frees what nobody holds any more, or what was tried; `unsure` is kept where it was. */
  async function free(item: Item, attempt: string, unsure: boolean): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(item),
      UpdateExpression: `SET #state = :waiting${unsure ? ', unsure = :yes' : ''} REMOVE attempt`,
      ConditionExpression: '#state = :sending AND attempt = :attempt',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':waiting': text('waiting'),
        ':sending': text('sending'),
        ':attempt': text(attempt),
        ...(unsure ? { ':yes': { BOOL: true } } : {}),
      },
    });
    await access.repeat(async () => {
      try {
        await access.client.send(command);
      } catch (error) {
        if (failureOf(error) !== 'condition') throw error;
      }
    });
  }

  /** A notice is done: it goes, and the history says when its alert was told first. */
  async function done({ item, notice }: Claimed, toldAtMs: number | null): Promise<void> {
    const items: TransactWriteItem[] = [{ Delete: { TableName: table, Key: keyOf(item) } }];
    if (toldAtMs !== null && notice.kind !== 'resolved') {
      const { atMs, id } = notice.about;
      items.push({
        Update: {
          TableName: table,
          Key: keyItem(keys.alert(atMs, id)),
          UpdateExpression: 'SET deliveredAtMs = if_not_exists(deliveredAtMs, :told)',
          ExpressionAttributeValues: { ':told': numeric(toldAtMs) },
        },
      });
    }
    await access.repeat(() => access.transact(items));
  }

  function noticeOf({ item, notice }: Claimed): Notice {
    const { id, kind, atMs, alert, repeats } = notice;
    return { id, kind, atMs, alert, repeats, run, unsure: item.unsure?.BOOL === true };
  }

  return {
    async waiting() {
      const [urgent, others] = await Promise.all([lane('urgent', COUNTED), lane('others', COUNTED)]);
      const times = [...urgent, ...others].filter(isWaiting).map((item) => bodyOf<StoredNotice>(item).atMs);
      return {
        urgent: urgent.filter(isWaiting).length,
        others: others.filter(isWaiting).length,
        oldestAtMs: times.length === 0 ? null : Math.min(...times),
      };
    },
    async claim({ urgent, most, attempt, nowMs }) {
      const silences = await readSilences(access, keys, nowMs);
      const found = (await lane(urgent ? 'urgent' : 'others', most + COUNTED)).filter(isWaiting).slice(0, most);
      const claimed = await atOnce(found, async (item) => {
        if ((silences[bodyOf<StoredNotice>(item).alert.code] ?? 0) <= nowMs) return await take(item, attempt, nowMs);
        await remove(item);
        return null;
      });
      const mine = claimed.filter((each) => each !== null);
      held.set(attempt, mine);
      return mine.map(noticeOf);
    },
    async settle(attempt, end, nowMs) {
      const claimed = held.get(attempt) ?? [];
      held.delete(attempt);
      await atOnce(claimed, (each) => {
        if (end === 'sent') return done(each, nowMs);
        return end === 'refused' ? done(each, null) : free(each.item, attempt, end === 'unsure');
      });
    },
    async recover(nowMs, leaseMs) {
      const all = [...(await lane('urgent', COUNTED)), ...(await lane('others', COUNTED))];
      const lost = all.filter(
        (item) => item.state?.S === 'sending' && (numberOf(item, 'claimedAtMs') ?? 0) <= nowMs - leaseMs,
      );
      await atOnce(lost, (item) => free(item, textOf(item, 'attempt'), true));
      return lost.length;
    },
    async shelve() {
      for (const name of ['urgent', 'others'] as const) await atOnce(await lane(name, COUNTED), remove);
    },
    async markTold({ id, severity }: Alert, nowMs) {
      const items = (await lane(laneOf(severity), COUNTED)).filter(isWaiting);
      const its = items.map((item) => ({ item, notice: bodyOf<StoredNotice>(item) }));
      for (const each of its) if (each.notice.about.id === id) await done(each, nowMs);
    },
    window: (change) => changeVersioned(access, keys.sendWindow(), EMPTY_WINDOW, change),
  };
}

/** Works on all of them, a few at once, in order. */
async function atOnce<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < all.length; i += AT_ONCE)
    results.push(...(await Promise.all(all.slice(i, i + AT_ONCE).map((each) => work(each)))));
  return results;
}
