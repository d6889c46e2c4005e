import assert from 'node:assert/strict';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { decodeTick, encodeTick } from '#adapters/bus/sqs/message.ts';
import { createTickSender } from '#adapters/bus/sqs/publisher.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createRouting } from '#adapters/bus/sqs/routing.ts';
import { Outside } from '#core/guards/outside.ts';
import type { TickHandler } from '#core/ports/bus.ts';
import type { OpenedBus } from '../contract/bus.ts';

export const BUS_SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'XRP/USDT'];

let buses = 0;

/** The sender, and queues of its own; whoever delivers gives the messages' bodies to `deliver`. */
export async function openSqsBus(sqs: SQSClient, queueLayout: 'per-symbol' | 'sharded') {
  const routing = createRouting({ stage: `b${process.pid}-${buses++}`, queueLayout, shards: 2 });
  const queueUrls: string[] = [];
  for (const QueueName of routing.tickQueues(BUS_SYMBOLS)) {
    queueUrls.push((await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl!);
  }
  let handle: TickHandler = () => {};
  const sender = createTickSender(sqs, createQueueUrls(sqs), routing);
  const outside = new Outside();
  const bus: OpenedBus = {
    symbols: BUS_SYMBOLS,
    async publish(tick) {
      const context = { sentAtMs: tick.receivedAtMs, configEpoch: 1, outside, crossingsWindowMs: 2000 };
      const { failed } = await sender.send([{ symbol: tick.symbol, body: encodeTick(tick, context) }]);
      assert.deepEqual(failed, []);
    },
    subscribe(handler) {
      handle = handler;
    },
  };
  return { routing, queueUrls, bus, deliver };

  function deliver(body: string): void {
    const read = decodeTick(body);
    assert.ok(read.ok);
    const { tick } = read.value;
    try {
      handle(tick, BUS_SYMBOLS.indexOf(tick.symbol));
    } catch {
      // A tick is never asked for again.
    }
  }
}
