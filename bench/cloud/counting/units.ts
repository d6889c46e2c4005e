import type { AttributeValue } from '@aws-sdk/client-dynamodb';

const READ_UNIT_BYTES = 4096;
/** SQS counts each such part of a request's payload that was begun. */
const SQS_PART_BYTES = 65_536;

type Item = Record<string, AttributeValue>;

/** Bytes of an item as DynamoDB bills them: names and values, numbers at two digits a byte. */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/^0+|[-.]/g, '').length / 2) + 1;
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, inner) => sum + 1 + valueBytes(inner), 0);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return 1;
}

/** Units of a strongly consistent read of single items; one that is not there costs as one that is small. */
export function readUnits(asked: number, found: readonly Item[]): number {
  const full = found.reduce((sum, item) => sum + Math.ceil(itemBytes(item) / READ_UNIT_BYTES), 0);
  return full + Math.max(0, asked - found.length);
}

/** Units of a strongly consistent query: its items together. */
export function queryUnits(found: readonly Item[]): number {
  const bytes = found.reduce((sum, item) => sum + itemBytes(item), 0);
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
}

export function queueRequests(payloadBytes: number): number {
  return Math.max(1, Math.ceil(payloadBytes / SQS_PART_BYTES));
}
