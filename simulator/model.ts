import { type Coin, wonTick } from './coins.ts';
import { createRandom, type Random } from './random.ts';

/** The market moves in steps of this, ms: the same seed takes the same path however the timers run. */
export const STEP_MS = 20;
const STEP_SECONDS = STEP_MS / 1000;
/** Random walk of a coin's price, sd of the logarithm a second. */
const COIN_SD = 4e-5;
/** KRW-USDT: sd 0.11 % an hour. */
const FX_SD = 0.0011 / 60;
/** A coin's gap reverts with a half-life of 13 min and has sd 0.087 % (measured on 2025 closes, see the docs). */
const GAP_REVERSION = Math.LN2 / (13 * 60);
const GAP_SD = 0.00087 * Math.sqrt(2 * GAP_REVERSION);
/** A burst halves every three seconds. */
const BURST_DECAY = Math.LN2 / 3;
const LEVELS = 5;

export interface Level {
  readonly price: number;
  readonly quantity: number;
}
export interface ShownBook {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

interface CoinState {
  readonly coin: Coin;
  readonly offset: number;
  price: number;
  gap: number;
  burst: number;
}

/**
 * The simulated market: a common price of each coin, a won rate of its own, and per coin a constant offset, a gap that
 * reverts and bursts that decay. Moves by whole steps; books are drawn from it when they are shown.
 */
export class MarketModel {
  readonly coins: readonly Coin[];
  readonly #states: Map<string, CoinState>;
  readonly #random: Random;
  readonly #bursting: readonly CoinState[];
  #fx = 1390.25;
  #steps = 0;
  #nextBurst: number;
  #bursts = 0;

  constructor(coins: readonly Coin[], seed: number) {
    this.coins = coins;
    this.#random = createRandom(seed);
    this.#states = new Map(
      coins.map((coin) => [
        coin.name,
        {
          coin,
          offset: this.#random.between(-1e-4, 1e-4) * (coin.bursts ? 0.5 : 1),
          price: coin.priceUsdt,
          gap: 0,
          burst: 0,
        },
      ]),
    );
    const liquid = [...this.#states.values()].filter((state) => state.coin.bursts);
    this.#bursting = liquid.length > 0 ? liquid : [...this.#states.values()].slice(0, 3);
    this.#nextBurst = 2 / STEP_SECONDS;
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  step(): void {
    const random = this.#random;
    this.#steps++;
    const root = Math.sqrt(STEP_SECONDS);
    this.#fx *= 1 + FX_SD * root * random.gauss();
    for (const state of this.#states.values()) {
      state.price *= 1 + COIN_SD * root * random.gauss();
      state.gap += -GAP_REVERSION * state.gap * STEP_SECONDS + GAP_SD * root * random.gauss();
      if (state.burst === 0) continue;
      state.burst *= 1 - BURST_DECAY * STEP_SECONDS;
      // Whoever trades the burst away takes the slower gap along.
      state.gap *= 1 - STEP_SECONDS / 3;
      if (Math.abs(state.burst) < 2e-5) state.burst = 0;
    }
    if (this.#steps >= this.#nextBurst) this.#startBurst();
  }

  /** The first two come soon, on the first two liquid coins, in opposite directions; later ones by chance. */
  #startBurst(): void {
    const random = this.#random;
    const n = this.#bursts++;
    const state =
      this.#bursting[n < 2 ? n % this.#bursting.length : Math.floor(random.next() * this.#bursting.length)]!;
    const sign = n === 0 ? 1 : n === 1 ? -1 : random.next() < 0.5 ? -1 : 1;
    state.burst = sign * random.between(0.0075, 0.0105);
    this.#nextBurst = this.#steps + (n === 0 ? 4 : random.between(6, 14)) / STEP_SECONDS;
  }

  /** The coin's common price, USDT, and how far Upbit stands above it, a fraction. */
  stateOf(name: string): { price: number; premium: number } {
    const state = this.#states.get(name)!;
    return { price: state.price, premium: state.offset + state.gap + state.burst };
  }

  fxMid(): number {
    return this.#fx;
  }

  /** KRW-USDT as shown: half a won between bid and ask. */
  fxBook(factor = 1): ShownBook {
    const bid = Math.floor(this.#fx * factor * 2) / 2;
    return this.#book(bid, 0.5, 60_000, 8);
  }

  binanceBook(name: string, factor = 1): ShownBook {
    const state = this.#states.get(name)!;
    const tick = Number(state.coin.tick);
    const bid = Math.floor((state.price * factor) / tick + 1e-9) * tick;
    return this.#book(bid, tick, this.#size(state), 5);
  }

  upbitBook(name: string, factor = 1): ShownBook {
    const state = this.#states.get(name)!;
    const { price, coin, offset, gap, burst } = state;
    const shownFx = Math.floor(this.#fx * 2) / 2 + 0.25;
    const won = price * shownFx * coin.identityRatio * (1 + offset + gap + burst) * factor;
    const tick = wonTick(won);
    // The mid of a one-tick book is half a tick above its bid.
    const bid = Math.max(tick, Math.round(won / tick - 0.5) * tick);
    return this.#book(bid, tick, this.#size(state), 8);
  }

  /** Typical quantity of a level: large coins show tens of thousands of USDT a level. */
  #size({ coin, price }: CoinState): number {
    return Math.max(600, Math.min(60_000, coin.volumeUsdt / 20_000)) / price;
  }

  #book(bid: number, tick: number, size: number, quantityDigits: number): ShownBook {
    const digits = Math.max(0, -Math.floor(Math.log10(tick) + 1e-9));
    const side = (first: number, sign: 1 | -1): Level[] =>
      Array.from({ length: LEVELS }, (_, i) => ({
        price: Number((first + sign * i * tick).toFixed(digits)),
        quantity:
          Number((size * Math.exp(0.5 * this.#random.gauss())).toFixed(quantityDigits)) || 10 ** -quantityDigits,
      })).filter(({ price }) => price > 0);
    return { bids: side(bid, -1), asks: side(bid + tick, 1) };
  }
}
