import middy from '@middy/core';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { type DeliveredTick, decodeTick } from '#adapters/bus/sqs/message.ts';
import { Counts } from '#adapters/wiring/counts.ts';
import { deadLetterOf, failureOf } from '#adapters/wiring/function-failures.ts';
import { type FunctionParts, functionParts } from '#adapters/wiring/lambda.ts';
import { measured } from '#adapters/wiring/measured.ts';

type Newest = { readonly record: SQSRecord; readonly delivered: DeliveredTick };

/**
 * Judges the newest tick of each symbol in a batch. Never asks for a retry: what cannot be read goes to the dead letters,
 * what fails is counted, and the next tick is the retry.
 */
export async function evaluate({ Records }: SQSEvent, parts: FunctionParts): Promise<Record<string, number>> {
  const counts = new Counts();
  for (const { record, delivered } of await newestOf(Records, parts, counts)) {
    try {
      const queuedAtMs = Number(record.attributes.SentTimestamp);
      const judged = await parts.judge.tick(delivered, Number.isFinite(queuedAtMs) ? queuedAtMs : null);
      counts.add(judged);
      if (judged === 'unknown_symbol')
        await parts.deadLetters.put(deadLetterOf(record, judged, delivered.tick.symbol, parts.now()));
    } catch (error) {
      counts.add('failed');
      parts.log('error', 'tick_failed', { symbol: delivered.tick.symbol, ...failureOf(error) });
    }
  }
  await parts.flush();
  parts.log('info', 'evaluated', counts.all);
  return counts.all;
}

async function newestOf(records: readonly SQSRecord[], parts: FunctionParts, counts: Counts): Promise<Newest[]> {
  const newest = new Map<string, Newest>();
  for (const record of records) {
    const read = decodeTick(record.body);
    if (!read.ok) {
      counts.add(read.reason);
      await parts.deadLetters
        .put(deadLetterOf(record, read.reason, read.detail, parts.now()))
        .catch((error: unknown) => {
          parts.log('error', 'dead_letter_failed', failureOf(error));
        });
      continue;
    }
    const { tick } = read.value;
    const before = newest.get(tick.symbol)?.delivered.tick;
    if (before !== undefined) counts.add('superseded');
    const isNewer =
      before === undefined || tick.epoch > before.epoch || (tick.epoch === before.epoch && tick.seq > before.seq);
    if (isNewer) newest.set(tick.symbol, { record, delivered: read.value });
  }
  return [...newest.values()];
}

export const handler = middy<SQSEvent>()
  .use(measured('evaluate'))
  .handler((event) => evaluate(event, functionParts()));
