import { DeleteItemCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SEVERITIES, type Severity } from '#core/alerts/types.ts';
import { EMPTY_WINDOW } from '#core/alerts/window.ts';
import type { Notice, NoticeQueue } from '#core/ports/alerts.ts';
import { bodyOf, type Item, keyItem, numberOf, numeric, text, textOf } from '../items.ts';
import { type AlertMaking, type Lane, laneOf, noticeKey, type StoredNotice } from './making.ts';
import { readSilences } from './silences.ts';
import { changeVersioned } from './versioned.ts';

/** More than fit into one summary need not be looked at. */
const LOOKED_AT = 1100;
/** Items read beyond those that are wanted: some may be another sender's, or held back. */
const SPARE = 10;
/** DynamoDB reads no more into one answer than a megabyte anyway. */
const MOST_IN_PAGE = 500;
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

  const lane = (name: Lane) => access.query(keys.partition('notice', name), { first: LOOKED_AT });
  const laneName = (urgent: boolean): Lane => (urgent ? 'urgent' : 'others');
  const keyOf = (item: Item) => ({ pk: item.pk!, sk: item.sk! });
  const isWaiting = (item: Item) => item.state?.S === 'waiting';

  /** Those that wait in a lane, in the order of their telling; read only as far as they are asked for. */
  async function* waitingIn(name: Lane, most: number, severity?: Severity): AsyncGenerator<Item[]> {
    const size = Math.min(most + SPARE, MOST_IN_PAGE);
    const prefix = severity === undefined ? {} : { prefix: `${severity}/` };
    for await (const page of access.pages(keys.partition('notice', name), { size, ...prefix }))
      yield page.filter(isWaiting);
  }

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
    const isMine = await access.writeIf(() => access.client.send(command));
    return isMine ? { item, notice: bodyOf<StoredNotice>(item) } : null;
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
    await access.writeIf(() => access.client.send(command));
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
    async waiting(urgent, most) {
      let count = 0;
      for await (const page of waitingIn(laneName(urgent), most)) {
        count += page.length;
        if (count >= most) break;
      }
      return Math.min(count, most);
    },
    async oldestAtMs() {
      const firsts = await Promise.all(
        SEVERITIES.map(async (severity) => {
          for await (const [first] of waitingIn(laneOf(severity), 1, severity))
            if (first !== undefined) return [bodyOf<StoredNotice>(first).atMs];
          return [];
        }),
      );
      const times = firsts.flat();
      return times.length === 0 ? null : Math.min(...times);
    },
    async claim({ urgent, most, attempt, nowMs }) {
      const silences = await readSilences(access, keys, nowMs);
      const mine: Claimed[] = [];
      held.set(attempt, mine);
      for await (const found of waitingIn(laneName(urgent), most)) {
        // Another sender may be quicker with any of them: then the next ones are taken.
        while (found.length > 0 && mine.length < most) {
          const claimed = await atOnce(found.splice(0, most - mine.length), async (item) => {
            if ((silences[bodyOf<StoredNotice>(item).alert.code] ?? 0) <= nowMs)
              return await take(item, attempt, nowMs);
            await remove(item);
            return null;
          });
          mine.push(...claimed.filter((each) => each !== null));
        }
        if (mine.length >= most) break;
      }
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
      const all = [...(await lane('urgent')), ...(await lane('others'))];
      const lost = all.filter(
        (item) => item.state?.S === 'sending' && (numberOf(item, 'claimedAtMs') ?? 0) <= nowMs - leaseMs,
      );
      await atOnce(lost, (item) => free(item, textOf(item, 'attempt'), true));
      return lost.length;
    },
    async shelve() {
      for (const name of ['urgent', 'others'] as const) await atOnce(await lane(name), remove);
    },
    async markTold(alert, nowMs) {
      // Told directly is that something began; where it was open before, there is no such notice.
      const { atMs } = alert;
      const item = await access.getOne(noticeKey(making, { kind: 'fired', atMs, alert, about: alert }));
      if (item !== undefined && isWaiting(item)) await done({ item, notice: bodyOf<StoredNotice>(item) }, nowMs);
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
