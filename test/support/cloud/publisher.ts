import { encodeTick } from '#adapters/bus/sqs/message.ts';
import { createTickSender } from '#adapters/bus/sqs/publisher.ts';
import { createQueueUrls } from '#adapters/bus/sqs/queue-urls.ts';
import { createFeed, createMapper } from '#adapters/venues/registry.ts';
import type { FunctionParts } from '#adapters/wiring/lambda.ts';
import { Outside } from '#core/guards/outside.ts';
import { Joiner } from '#core/market/joiner.ts';
import { FX_QUOTE } from '#core/market/mapping.ts';
import { byVenue, emptySide, type VenueId } from '#core/market/types.ts';
import type { TickMessage } from '#core/ports/tick-sender.ts';

export interface TestPublisher {
  readonly sent: () => number;
  stop(): Promise<void>;
}

/** Real sockets → joiner → queues, the newest tick of each symbol now and then: as little as a gateway can be. */
export function startPublisher(parts: FunctionParts, symbols: readonly string[], epoch: number): TestPublisher {
  const sender = createTickSender(parts.sqs, createQueueUrls(parts.sqs), parts.routing);
  const outside = new Outside();
  const newest = new Map<string, TickMessage>();
  const now = () => Math.floor(performance.timeOrigin + performance.now());
  const joiner = new Joiner(symbols, epoch, 0.0035, (tick) => {
    const context = { sentAtMs: now(), configEpoch: 0, outside, crossingsWindowMs: 2000 };
    newest.set(tick.symbol, { symbol: tick.symbol, body: encodeTick(tick, context) });
  });
  const mappers = byVenue((venue) => createMapper(venue, symbols));
  const update = { bid: emptySide(), ask: emptySide() };
  const take = (venue: VenueId, frame: Buffer) => {
    const target = mappers[venue].map(frame, 0, frame.length, update);
    if (target < FX_QUOTE) return;
    joiner.liveness[venue] = now();
    joiner.quote(venue, target, update, now());
  };
  const feeds = byVenue((venue) =>
    createFeed(venue, {
      wsUrl: parts.config.venues[venue].wsUrl,
      symbols,
      stream: 'bookTicker',
      standby: false,
      clock: now,
      random: Math.random,
      listener: { onFrame: (frame) => take(venue, frame), onEvent() {}, onAlive() {} },
    }),
  );
  let sent = 0;
  let sending: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    const batch = [...newest.values()];
    newest.clear();
    if (batch.length === 0) return;
    sending = sender.send(batch).then(({ failed }) => {
      sent += batch.length - failed.length;
    });
  }, 150);
  for (const feed of Object.values(feeds)) feed.start();
  return {
    sent: () => sent,
    async stop() {
      clearInterval(timer);
      await Promise.all(Object.values(feeds).map((feed) => feed.stop()));
      await sending;
    },
  };
}
