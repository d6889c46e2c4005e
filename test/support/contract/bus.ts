import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tick } from '#core/market/market.ts';
import type { TickHandler } from '#core/ports/bus.ts';
import { quotedTick } from '../cloud/ticks.ts';
import { until } from '../until.ts';

/** A bus with whatever stands behind it; over a network nothing is handed over before `publish` is through. */
export interface OpenedBus {
  /** Symbols that it carries, by index. */
  readonly symbols: readonly string[];
  publish(tick: Tick, symbolIndex: number): void | Promise<void>;
  subscribe(handler: TickHandler): void;
}

/** What a judged tick is told by. */
const seen = ({ symbol, epoch, seq, receivedAtMs, market }: Tick) => ({
  symbol,
  epoch,
  seq,
  receivedAtMs,
  binance: [market.binance.bid.price[0], market.binance.ask.quantity[0], market.binance.receivedAtMs],
  upbit: [market.upbit.bid.price[0], market.upbit.ask.quantity[0], market.upbit.receivedAtMs],
  fx: [market.fx.bid, market.fx.ask],
  premium: market.features.premium,
});

/** Every bus passes this suite; ticks may come more than once and in another order, never changed and never to another. */
export function busContract(name: string, open: () => Promise<OpenedBus>): void {
  describe(`bus: ${name}`, () => {
    test('each tick is judged as it was when it was published, under its symbol’s index', async () => {
      const bus = await open();
      const got = new Map<number, { index: number; tick: ReturnType<typeof seen> }>();
      bus.subscribe((tick, index) => got.set(tick.seq, { index, tick: seen(tick) }));
      const sent = new Map<number, { index: number; tick: ReturnType<typeof seen> }>();
      for (let seq = 1; seq <= 6; seq++) {
        const index = seq % bus.symbols.length;
        const tick = quotedTick(bus.symbols[index]!, seq);
        sent.set(seq, { index, tick: seen(tick) });
        await bus.publish(tick, index);
        // The publisher reuses its tick: what is judged later must not change with it.
        tick.market.binance.bid.price[0] = 1;
        tick.market.features.premium = 9;
      }
      await until('all are judged', () => got.size === sent.size);
      assert.deepEqual(new Map([...got].sort(([a], [b]) => a - b)), sent);
    });

    test('a judgement that fails keeps no later tick from being judged', async () => {
      const bus = await open();
      const got: number[] = [];
      bus.subscribe(({ seq }) => {
        got.push(seq);
        if (seq === 11) throw new Error('cannot be judged');
      });
      for (const seq of [11, 12]) {
        try {
          await bus.publish(quotedTick(bus.symbols[0]!, seq), 0);
        } catch {
          // Within one process the publisher hears of it.
        }
      }
      await until('the later one is judged', () => got.includes(12));
    });
  });
}
