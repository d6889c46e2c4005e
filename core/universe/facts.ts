/** What one venue's public data says of one coin. Prices, volumes and depths in the venue's quote currency; null: not known. */
export interface VenueFacts {
  /** False where the venue does not trade it now: halted, cancel only, no book at all. */
  readonly trading: boolean;
  /** The venue's own warning to investors. */
  readonly warning: boolean;
  /** Last trade. */
  readonly lastPrice: number | null;
  /** Of 24 h. */
  readonly volume: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  /** The shown levels of the thinner side, Σ price × quantity. */
  readonly depth: number | null;
  /** Price step at the present price. */
  readonly tick: number | null;
}

/** Both venues' facts at one time. */
export interface UniverseFacts {
  readonly binance: ReadonlyMap<string, VenueFacts>;
  readonly upbit: ReadonlyMap<string, VenueFacts>;
  /** Upbit's own last KRW-USDT, won per USDT; null: not known. */
  readonly krwPerUsdt: number | null;
}

/** What the filters look at, of both venues together; null where a part of it is not known. */
export interface CoinFacts {
  readonly symbol: string;
  readonly onBinance: boolean;
  readonly onUpbit: boolean;
  /** Venues that do not trade it now. */
  readonly halted: readonly string[];
  readonly warning: boolean;
  /** The smaller of the two venues' 24 h volumes, USDT. */
  readonly volumeUsdt: number | null;
  /** The wider of the two ask ÷ bid − 1, basis points. */
  readonly spreadBps: number | null;
  /** The thinnest of the four shown sides, USDT. */
  readonly depthUsdt: number | null;
  /** Upbit's price step ÷ its last price, basis points. */
  readonly tickBps: number | null;
  /** The larger of the two last prices in USDT ÷ the smaller. */
  readonly priceRatio: number | null;
}

/** Joins what both venues say of a symbol. */
export function coinFacts(symbol: string, { binance, upbit, krwPerUsdt }: UniverseFacts): CoinFacts {
  const onBinance = binance.get(symbol);
  const onUpbit = upbit.get(symbol);
  const inUsdt = (won: number | null | undefined) =>
    known(won) && known(krwPerUsdt) && krwPerUsdt > 0 ? won / krwPerUsdt : null;
  const lasts = [onBinance?.lastPrice, inUsdt(onUpbit?.lastPrice)];
  const ratio = lasts.every(positive) ? Math.max(...lasts) / Math.min(...lasts) : null;
  return {
    symbol,
    onBinance: onBinance !== undefined,
    onUpbit: onUpbit !== undefined,
    halted: [
      ...(onBinance !== undefined && !onBinance.trading ? ['binance'] : []),
      ...(onUpbit !== undefined && !onUpbit.trading ? ['upbit'] : []),
    ],
    warning: onUpbit?.warning === true || onBinance?.warning === true,
    volumeUsdt: least(onBinance?.volume, inUsdt(onUpbit?.volume)),
    spreadBps: widest(spreadBps(onBinance), spreadBps(onUpbit)),
    depthUsdt: least(onBinance?.depth, inUsdt(onUpbit?.depth)),
    tickBps: known(onUpbit?.tick) && positive(onUpbit?.lastPrice) ? (onUpbit.tick / onUpbit.lastPrice) * 10_000 : null,
    priceRatio: ratio,
  };
}

function spreadBps(facts: VenueFacts | undefined): number | null {
  if (!positive(facts?.bid) || !positive(facts?.ask)) return null;
  return (facts.ask / facts.bid - 1) * 10_000;
}

function known(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function positive(value: number | null | undefined): value is number {
  return known(value) && value > 0;
}

function least(a: number | null | undefined, b: number | null | undefined): number | null {
  return known(a) && known(b) ? Math.min(a, b) : null;
}

function widest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
