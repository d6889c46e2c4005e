import { hash } from 'node:crypto';
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Alert } from '#core/alerts/types.ts';
import { withHold } from '#core/engine/control.ts';
import type { ControlState, DecisionRecord, Transition } from '#core/engine/state.ts';
import { FINAL_STATES } from '#core/execution/types.ts';
import { type Decimal, decimal } from '#core/market/money.ts';
import { balanceKey, type ExposureChange } from '#core/portfolio/portfolio.ts';
import { isTrade } from '#core/portfolio/trade.ts';
import type { CommitRequest } from '#core/ports/store.ts';
import type { TableKey, TableKeys } from '../keys.ts';
import { body, expiry, type Item, keyItem, numeric, symbolItem, text } from './items.ts';
import { type StoredTally, tallyUpdate } from './tally.ts';

/** Where and under which keys a transaction is made, and how long its records are kept. */
export interface Making {
  readonly table: string;
  readonly keys: TableKeys;
  readonly keepMs: number;
}

/** What a commit goes by: the writer's own mark, and what was last seen of what all symbols share. */
export interface CommitBasis {
  readonly writer: string;
  readonly control: ControlState;
  readonly tally: StoredTally;
  /** Of an entry: which of the minute's places it takes. */
  readonly place: number | null;
}

/** The whole of a transition as one conditional transaction. */
export function commitItems(request: CommitRequest, basis: CommitBasis, making: Making): TransactWriteItem[] {
  const { table, keys } = making;
  const { transition } = request;
  const items: TransactWriteItem[] = [symbolWrite(request, basis.writer, making)];
  const control = controlWrite(request, basis, making);
  if (control !== null) items.push(control);
  if (transition.exposure !== null) items.push(exposureWrite(transition.exposure, request, making));
  if (transition.tally !== null) {
    const update = tallyUpdate(basis.tally, transition.tally, basis.place, request.caps.maxEntriesPerMinute);
    items.push({ Update: { TableName: table, Key: keyItem(keys.tally()), ...update } });
  }
  for (const { venue, asset, change } of balanceSums(transition)) {
    items.push({
      Update: {
        TableName: table,
        Key: keyItem(keys.balance(venue, asset)),
        UpdateExpression: 'SET venue = :venue, asset = :asset ADD quantity :change',
        ExpressionAttributeValues: {
          ':venue': text(venue),
          ':asset': text(asset),
          ':change': numeric(change.toString()),
        },
      },
    });
  }
  const ended = endedPosition(transition, making);
  if (ended !== null) items.push(ended);
  const { decision, alerts } = transition;
  items.push(...recordItems(decision === null ? [] : [decision], alerts, making));
  return items;
}

/** The symbol is still at the expected version, and its last decision was made on an older tick. */
function symbolWrite(
  { expectedVersion, transition }: CommitRequest,
  writer: string,
  making: Making,
): TransactWriteItem {
  const { next, decidedOnTick } = transition;
  const Item = symbolItem(making.keys.symbol(next.symbol), next, writer);
  if (expectedVersion === 0) {
    return { Put: { TableName: making.table, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
  const newer = ' AND (epoch < :epoch OR (epoch = :epoch AND seq < :seq))';
  return {
    Put: {
      TableName: making.table,
      Item,
      ConditionExpression: `version = :expected${decidedOnTick ? newer : ''}`,
      ExpressionAttributeValues: {
        ':expected': numeric(expectedVersion),
        ...(decidedOnTick ? { ':epoch': numeric(next.epoch), ':seq': numeric(next.seq) } : {}),
      },
    },
  };
}

/** The trading state allows it, no gateway took over since its tick, and a hold joins the others. */
function controlWrite(request: CommitRequest, basis: CommitBasis, making: Making): TransactWriteItem | null {
  const { requires, hold, decidedOnTick, next } = request.transition;
  const asksState = requires !== null || hold !== null;
  if (!asksState && !decidedOnTick) return null;
  const conditions: string[] = [];
  const values: Item = {};
  if (asksState) {
    conditions.push(isVersion(request.controlVersion, values));
    if (requires !== null && request.controlVersion > 0) {
      conditions.push(requires === 'ACTIVE' ? 'tradingState = :state' : 'tradingState <> :state');
      values[':state'] = text(requires === 'ACTIVE' ? 'ACTIVE' : 'HALTED');
    }
  }
  if (decidedOnTick) {
    conditions.push('(attribute_not_exists(fence) OR fence <= :tickEpoch)');
    values[':tickEpoch'] = numeric(next.epoch);
  }
  const Key = keyItem(making.keys.control());
  const ConditionExpression = conditions.join(' AND ');
  if (hold === null) {
    return {
      ConditionCheck: {
        TableName: making.table,
        Key,
        ConditionExpression,
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      },
    };
  }
  return {
    Update: {
      TableName: making.table,
      Key,
      ...controlUpdate(withHold(basis.control, hold), basis.writer, values),
      ConditionExpression,
    },
  };
}

/** The control as another one, beside the gateways' epoch that its item also holds. */
export function controlUpdate(control: ControlState, writer: string, values: Item) {
  return {
    UpdateExpression: 'SET version = :version, tradingState = :tradingState, body = :body, writer = :writer',
    ExpressionAttributeValues: {
      ...values,
      ':version': numeric(control.version),
      ':tradingState': text(control.tradingState),
      ':body': body(control),
      ':writer': text(writer),
    },
  };
}

/**
 * The condition that the control is at a version, and that no restore is under way; 0 is the version that was never
 * written.
 */
export function isVersion(version: number, values: Item): string {
  if (version === 0) return 'attribute_not_exists(version)';
  values[':seen'] = numeric(version);
  return 'version = :seen AND attribute_not_exists(restoring)';
}

/** A condition cannot add: what must not be exceeded before the addition is worked out here. */
function exposureWrite(change: ExposureChange, { caps }: CommitRequest, { table, keys }: Making): TransactWriteItem {
  const { usdt, positions, direction } = change;
  const side = direction === 'SELL_UPBIT' ? 'sellUpbitUsdt' : 'sellBinanceUsdt';
  const values: Item = { ':usdt': numeric(usdt), ':positions': numeric(positions) };
  const conditions: string[] = [];
  const below = (attribute: string, name: string, cap: Decimal | number | null, by: string | number) => {
    if (cap === null) return;
    const most = decimal(cap.toString()).minus(by);
    values[name] = numeric(most.toString());
    const fits = `${attribute} <= ${name}`;
    conditions.push(most.lt(0) ? fits : `(attribute_not_exists(${attribute}) OR ${fits})`);
  };
  if (positions > 0) {
    below('totalUsdt', ':totalMost', caps.maxTotalExposureUsdt, usdt);
    below('totalUsdt', ':venueMost', caps.maxVenueExposureUsdt, usdt);
    below(side, ':sideMost', caps.maxDirectionExposureUsdt, usdt);
    below('positions', ':countMost', caps.maxOpenPositions, positions);
  }
  return {
    Update: {
      TableName: table,
      Key: keyItem(keys.exposure()),
      UpdateExpression: `ADD totalUsdt :usdt, ${side} :usdt, positions :positions`,
      ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
      ExpressionAttributeValues: values,
    },
  };
}

/** A transaction takes each item once: what fills change of one holding is added up. */
function balanceSums({ balances }: Transition) {
  const sums = new Map<string, { venue: string; asset: string; change: Decimal }>();
  for (const { venue, asset, quantity } of balances) {
    const key = balanceKey(venue, asset);
    const before = sums.get(key);
    sums.set(key, { venue, asset, change: decimal(quantity).plus(before?.change ?? 0) });
  }
  return [...sums.values()].filter(({ change }) => !change.isZero());
}

/** What the symbol's item lets go of is kept as a closed trade, or for a while where nothing was traded. */
function endedPosition({ pair, next }: Transition, making: Making): TransactWriteItem | null {
  if (!FINAL_STATES.has(pair.state)) return null;
  const atMs = pair.closedAtMs ?? pair.decidedAtMs;
  return {
    Put: {
      TableName: making.table,
      Item: {
        ...keyItem(making.keys.position(pair.symbol, atMs, pair.id)),
        symbol: text(pair.symbol),
        state: text(pair.state),
        symbolVersion: numeric(next.version),
        body: body(pair),
        ...(isTrade(pair) ? {} : { expiresAt: expiry(atMs + making.keepMs) }),
      },
    },
  };
}

/** Decisions, alerts, and how often each guard has triggered. */
export function recordItems(
  decisions: readonly DecisionRecord[],
  alerts: readonly Alert[],
  making: Making,
): TransactWriteItem[] {
  const { table, keys, keepMs } = making;
  const put = (key: TableKey, atMs: number, record: DecisionRecord | Alert): TransactWriteItem => ({
    Put: { TableName: table, Item: { ...keyItem(key), body: body(record), expiresAt: expiry(atMs + keepMs) } },
  });
  return [
    ...decisions.map((record) => put(keys.decision(record.symbol, record.atMs, record.id), record.atMs, record)),
    ...alerts.map((alert) => put(keys.raised(alert.atMs, alert.id), alert.atMs, alert)),
    ...triggerCounts(decisions).map(({ symbol, code, count, atMs }) => ({
      Update: {
        TableName: table,
        Key: keyItem(keys.trigger(symbol, code)),
        UpdateExpression: 'SET symbol = :symbol, guard = :guard, lastAtMs = :at ADD triggered :count',
        ExpressionAttributeValues: {
          ':symbol': text(symbol),
          ':guard': text(code),
          ':at': numeric(atMs),
          ':count': numeric(count),
        },
      },
    })),
  ];
}

function triggerCounts(decisions: readonly DecisionRecord[]) {
  const counts = new Map<string, { symbol: string; code: string; count: number; atMs: number }>();
  for (const { decision, symbol, code, atMs } of decisions) {
    if (decision !== 'REFUSED' && decision !== 'HELD') continue;
    const key = `${symbol}|${code}`;
    counts.set(key, { symbol, code, atMs, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** The same transaction always has the same token, another one never. */
export function tokenOf(items: readonly TransactWriteItem[]): string {
  return hash('sha256', JSON.stringify(items), 'hex').slice(0, 36);
}
