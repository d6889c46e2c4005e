import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  ConsumedCapacity,
  GetItemCommandOutput,
  QueryCommandOutput,
  TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { queryUnits, readUnits } from './units.ts';

/** What a part of a transaction costs at least, in write units. */
const TRANSACTION_UNITS = 2;

/**
 * Units of one request. Reads are counted from the items that came back (an emulator need not know their size), writes as
 * the store itself says; a write that was refused, and a condition without a write, cost as one of a small item.
 */
export function dynamoCost(command: string, input: object, output: object | null): { reads: number; writes: number } {
  switch (command) {
    case 'GetItem': {
      const item = (output as GetItemCommandOutput | null)?.Item;
      return { reads: readUnits(1, item === undefined ? [] : [item]), writes: 0 };
    }
    case 'BatchGetItem': {
      const { RequestItems = {} } = input as BatchGetItemCommandInput;
      const asked = Object.values(RequestItems).reduce((sum, { Keys = [] }) => sum + Keys.length, 0);
      const found = Object.values((output as BatchGetItemCommandOutput | null)?.Responses ?? {}).flat();
      return { reads: readUnits(asked, found), writes: 0 };
    }
    case 'Query':
    case 'Scan':
      return { reads: queryUnits((output as QueryCommandOutput | null)?.Items ?? []), writes: 0 };
    case 'TransactWriteItems': {
      const { TransactItems = [] } = input as TransactWriteItemsCommandInput;
      const checks = TransactItems.filter(({ ConditionCheck }) => ConditionCheck !== undefined).length;
      const told = consumed(output);
      const writes = told === null ? TRANSACTION_UNITS * TransactItems.length : told + TRANSACTION_UNITS * checks;
      return { reads: 0, writes };
    }
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return { reads: 0, writes: consumed(output) ?? 1 };
    case 'BatchWriteItem':
      return { reads: 0, writes: consumed(output) ?? batchSize(input) };
    default:
      return { reads: 0, writes: 0 };
  }
}

function consumed(output: object | null): number | null {
  const told = (output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] } | null)?.ConsumedCapacity;
  if (told === undefined) return null;
  return [told].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

function batchSize(input: object): number {
  const { RequestItems = {} } = input as { RequestItems?: Record<string, readonly unknown[]> };
  return Object.values(RequestItems).reduce((sum, requests) => sum + requests.length, 0);
}
