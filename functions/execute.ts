import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { decodeWork } from '#adapters/bus/sqs/work.ts';
import { deadLetterOf, failureOf } from '#adapters/wiring/function-failures.ts';
import { type FunctionParts, functionParts } from '#adapters/wiring/lambda.ts';
import { measured } from '#adapters/wiring/measured.ts';

/**
 * Goes on with pairs whose delayed message came due. What failed is given back alone and tried again, until the queue
 * itself moves it to the dead letters; what cannot be read goes there at once, with the reason.
 */
export async function execute({ Records }: SQSEvent, parts: FunctionParts): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of Records) {
    try {
      await goOn(record, parts);
    } catch (error) {
      batchItemFailures.push({ itemIdentifier: record.messageId });
      parts.log('error', 'work_failed', { messageId: record.messageId, ...failureOf(error) });
    }
  }
  await parts.flush();
  parts.log('info', 'executed', { messages: Records.length, failed: batchItemFailures.length });
  return { batchItemFailures };
}

async function goOn(record: SQSRecord, parts: FunctionParts): Promise<void> {
  const read = decodeWork(record.body);
  if (!read.ok) return parts.deadLetters.put(deadLetterOf(record, read.reason, read.detail, parts.now()));
  const { symbol, positionId, version } = read.value;
  const again = await parts.judge.goOn({ symbol, positionId, version }, () => parts.book(symbol));
  if (again !== null) await parts.wind(again);
}

export const handler = middy<SQSEvent>()
  .use(measured('execute'))
  .handler((event) => execute(event, functionParts()));
