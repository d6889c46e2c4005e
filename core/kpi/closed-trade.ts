import { feesUsdt, pnlUsdt } from '../execution/ledger.ts';
import type { Fill, Pair } from '../execution/types.ts';
import type { ClosedTrade } from './types.ts';

/** What the figures need of a position that has ended. */
export function closedTrade(pair: Pair): ClosedTrade {
  const { fills } = pair;
  const pnl = pnlUsdt(fills);
  const fees = feesUsdt(fills);
  const first = fills[0];
  let slippageUsdt = 0;
  let fxEffectUsdt = 0;
  for (const fill of fills) {
    slippageUsdt += slippageOf(fill);
    if (first !== undefined) fxEffectUsdt += fxEffectOf(fill, first);
  }
  return {
    pnlUsdt: pnl,
    feesUsdt: fees,
    pnl: pnl.toNumber(),
    fees: fees.toNumber(),
    openedAtMs: pair.openedAtMs ?? pair.decidedAtMs,
    closedAtMs: pair.closedAtMs ?? pair.decidedAtMs,
    entryNotionalUsdt: pair.entryNotional,
    seenEdgeUsdt: pair.seenEdgeUsdt,
    slippageUsdt,
    fxEffectUsdt,
    nakedMs: pair.nakedMs,
    oneLegged: pair.state === 'UNWOUND' || fills.some(({ orderId }) => ONE_LEG_ORDER.test(orderId)),
  };
}

/** Chases and unwinds, told by the letter of their purpose in the order's id. */
const ONE_LEG_ORDER = /-\d+[cu].$/;

/** (Price paid − price decided) × quantity, in USDT at the rate that the fill was booked at. */
function slippageOf(fill: Fill): number {
  const worse = (Number(fill.price) - Number(fill.decidedPrice)) * (fill.side === 'buy' ? 1 : -1);
  return (worse * Number(fill.quantity)) / rateOf(fill, fill);
}

/** Booked amount less the same won at the rate of the first fill. */
function fxEffectOf(fill: Fill, first: Fill): number {
  if (fill.currency === 'USDT') return 0;
  return Number(fill.amountUsdt) * (1 - rateOf(fill, fill) / rateOf(fill, first));
}

/** Won per USDT on the side that a fill converts at, as it stood at another fill; 1 where no won is traded. */
function rateOf(fill: Fill, at: Fill): number {
  if (fill.currency === 'USDT') return 1;
  return Number(fill.side === 'sell' ? at.fxAsk : at.fxBid);
}
