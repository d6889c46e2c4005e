import { guardContext } from '#core/engine/guard-context.ts';
import type { EntryWish } from '#core/strategy/types.ts';
import { quoted, SYMBOLS, side, T0 } from './quoted.ts';
import { below, type Figure, median } from './report.ts';

const ROUNDS = 9;
const CALLS = 100_000;

/** The whole chain on an entry that every guard lets pass, and what a tick that wants nothing costs. */
export function benchGuards(): Figure[] {
  const machine = quoted();
  const { engine, joiner } = machine;
  const wish: EntryWish = {
    direction: 'SELL_UPBIT',
    quantity: 1,
    grossEdge: 0.01,
    netEdge: 0.006,
    entryPriceUsdt: 100.01,
    entryNotionalUsdt: 100.01,
    limitedBy: null,
  };
  const contexts = SYMBOLS.map((_, i) =>
    guardContext(engine.states[i]!, joiner.markets[i]!, T0 + 15_000, wish, engine.world),
  );
  const { chain } = engine.world;
  let approved = 0;
  const asked = rounds((i) => {
    if (chain.ask(contexts[i % contexts.length]!).refusedBy === null) approved++;
  });
  if (approved !== ROUNDS * CALLS) throw new Error('the chain must let these pass');
  const update = side(100, 100.01);
  let atMs = T0 + 15_000;
  const discarded = (i: number) => {
    update.bid.price[0] = 100 + (i % 7) * 0.001;
    if (i % 100 === 0) atMs++;
    machine.quote('binance', i % SYMBOLS.length, update, atMs);
  };
  return [
    below('guard chain, all guards pass', asked, 'µs', 2),
    below('a discarded tick, medians and crossings included', rounds(discarded), 'µs', 2),
  ];
}

/** Median time of a call over several rounds, the first ones left out, µs. */
function rounds(call: (i: number) => void): number {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    for (let i = 0; i < CALLS; i++) call(i);
    took.push(((performance.now() - startedMs) * 1000) / CALLS);
  }
  return median(took.slice(3));
}
