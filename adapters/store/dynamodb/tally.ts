import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { changeTally, entryAt, MINUTE_MS, NO_TALLY, type Tally, type TallyChange } from '#core/guards/tally.ts';
import { decimal } from '#core/market/money.ts';
import type { TableKey } from '../keys.ts';
import { type Item, keyItem, moneyOf, numberOf, numeric } from './items.ts';

/**
 * The tally as its item has it. Sums are added to, so that results do not stand in each other's way. Each entry takes one of
 * as many places as a minute may have entries: `place<i>` holds the time of its last one, and takes another no sooner than a
 * minute later. So no minute holds more, and two entries meet only where they take the same place.
 */
export interface StoredTally {
  readonly tally: Tally;
  /** Time of the last entry of each place, ms; undefined where there was none. */
  readonly places: readonly (number | undefined)[];
}

/** Places where the number of entries has no limit: they only tell what was. */
const UNLIMITED_PLACES = 64;
const PLACE = /^place(\d+)$/;

export function tallyOf(item: Item | undefined): StoredTally {
  if (item === undefined) return { tally: NO_TALLY, places: [] };
  const places: (number | undefined)[] = [];
  for (const name of Object.keys(item)) {
    const index = PLACE.exec(name)?.[1];
    if (index !== undefined) places[Number(index)] = numberOf(item, name);
  }
  const pnlUsdt = moneyOf(item, 'pnlUsdt');
  const times = places.filter((atMs) => atMs !== undefined).sort((a, b) => a - b);
  const lastMs = times.at(-1) ?? 0;
  return {
    tally: {
      day: numberOf(item, 'tradingDay') ?? 0,
      dayPnlUsdt: moneyOf(item, 'dayPnlUsdt'),
      pnlUsdt,
      peakUsdt: decimal(pnlUsdt).plus(moneyOf(item, 'drawdownUsdt')).toString(),
      entriesAtMs: times.filter((atMs) => lastMs - atMs < MINUTE_MS),
    },
    places,
  };
}

/** The whole item of a tally that comes from elsewhere. */
export function tallyItem(key: TableKey, { day, dayPnlUsdt, pnlUsdt, peakUsdt, entriesAtMs }: Tally): Item {
  return {
    ...keyItem(key),
    tradingDay: numeric(day),
    dayPnlUsdt: numeric(dayPnlUsdt),
    pnlUsdt: numeric(pnlUsdt),
    drawdownUsdt: numeric(decimal(peakUsdt).minus(pnlUsdt).toString()),
    ...Object.fromEntries(entriesAtMs.map((atMs, i) => [`place${i}`, numeric(atMs)])),
  };
}

/**
 * A free place for an entry, drawn so that entries that meet seldom draw the same; null for a result.
 *
 * @param max entries a minute; null: no limit
 */
export function drawPlace(
  { tally, places }: StoredTally,
  change: TallyChange | null,
  max: number | null,
): number | null {
  if (change?.kind !== 'entry') return null;
  const atMs = entryAt(tally, change.atMs);
  const all = Array.from({ length: max ?? UNLIMITED_PLACES }, (_, i) => i);
  const free = all.filter((i) => isFree(places[i], atMs));
  const drawn = free.length > 0 ? free : all;
  return drawn[Math.floor(Math.random() * drawn.length)] ?? 0;
}

const isFree = (lastMs: number | undefined, atMs: number) => lastMs === undefined || lastMs <= atMs - MINUTE_MS;

/** The tally as a change leaves it where nobody else wrote meanwhile. */
export function changedTally({ tally, places }: StoredTally, change: TallyChange, place: number | null): StoredTally {
  const next = changeTally(tally, change);
  if (change.kind !== 'entry' || place === null) return { tally: next, places };
  const taken = [...places];
  taken[place] = entryAt(tally, change.atMs);
  return { tally: next, places: taken };
}

/** What a commit counts, as an update of the item: none of its conditions asks for more than what was decided by. */
export function tallyUpdate(
  seen: StoredTally,
  change: TallyChange,
  place: number | null,
  max: number | null,
): Omit<NonNullable<TransactWriteItem['Update']>, 'TableName' | 'Key'> {
  if (change.kind === 'entry') {
    const atMs = entryAt(seen.tally, change.atMs);
    const name = `place${place ?? 0}`;
    const condition = { ConditionExpression: `attribute_not_exists(${name}) OR ${name} <= :free` };
    return {
      UpdateExpression: `SET ${name} = :at`,
      ...(max === null ? {} : condition),
      ExpressionAttributeValues: {
        ':at': numeric(atMs),
        ...(max === null ? {} : { ':free': numeric(atMs - MINUTE_MS) }),
      },
    };
  }
  return resultUpdate(seen.tally, change);
}

function resultUpdate({ day, pnlUsdt, peakUsdt }: Tally, change: Extract<TallyChange, { kind: 'result' }>) {
  const pnl = decimal(change.pnlUsdt);
  const sets: string[] = [];
  const adds = ['pnlUsdt :pnl'];
  const conditions: string[] = [];
  const values: Item = { ':pnl': numeric(pnl.toString()), ':day': numeric(change.day) };
  if (change.day > day) {
    sets.push('tradingDay = :day', 'dayPnlUsdt = :pnl');
    conditions.push('(attribute_not_exists(tradingDay) OR tradingDay < :day)');
  } else if (change.day === day) {
    adds.push('dayPnlUsdt :pnl');
    conditions.push(day === 0 ? '(attribute_not_exists(tradingDay) OR tradingDay = :day)' : 'tradingDay = :day');
  } else conditions.push('tradingDay > :day');
  // The drawdown, the peak less the sum, shrinks by what is won until it is none.
  if (pnl.gt(0) && pnl.gte(decimal(peakUsdt).minus(pnlUsdt))) {
    sets.push('drawdownUsdt = :none');
    values[':none'] = numeric(0);
    conditions.push('(attribute_not_exists(drawdownUsdt) OR drawdownUsdt <= :pnl)');
  } else {
    adds.push('drawdownUsdt :less');
    values[':less'] = numeric(pnl.negated().toString());
    if (pnl.gt(0)) conditions.push('drawdownUsdt > :pnl');
  }
  return {
    UpdateExpression: `${sets.length === 0 ? '' : `SET ${sets.join(', ')} `}ADD ${adds.join(', ')}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeValues: values,
  };
}
