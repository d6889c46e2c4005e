import type { ControlState } from '#core/engine/state.ts';
import { minuteIsFull } from '#core/guards/tally.ts';
import { coinOf } from '#core/market/symbol.ts';
import { changeExposure, type Exposure, exposureRoom } from '#core/portfolio/portfolio.ts';
import type { SymbolView } from '#core/ports/cloud-store.ts';
import type { CommitRequest, CommitResult } from '#core/ports/store.ts';
import type { TableKeys } from '../keys.ts';
import { nameOfKey, type TableAccess } from './access.ts';
import { balancesOf, controlOf, exposureOf, numberOf, symbolOf } from './items.ts';
import { type StoredTally, tallyOf } from './tally.ts';

/** What a step reads, and what only the store itself needs of it. */
export interface RawView extends SymbolView {
  readonly storedTally: StoredTally;
  /** Mark of whoever wrote the symbol last. */
  readonly writer: string | undefined;
}

/** What all symbols share. */
export interface SharedView {
  readonly control: ControlState;
  readonly exposure: Exposure;
  readonly tally: StoredTally;
}

/** One strongly consistent batch: the symbol, its holdings, and what all symbols share. */
export async function readView(access: TableAccess, keys: TableKeys, symbol: string): Promise<RawView> {
  const coin = coinOf(symbol);
  const held = [
    keys.balance('binance', 'USDT'),
    keys.balance('binance', coin),
    keys.balance('upbit', 'KRW'),
    keys.balance('upbit', coin),
  ];
  const own = [keys.symbol(symbol), keys.control(), keys.exposure(), keys.tally(), keys.configuration()];
  const found = await access.get([...own, ...held]);
  const [state, control, exposure, tally, configuration] = own.map((key) => found.get(nameOfKey(key)));
  const stored = tallyOf(tally);
  return {
    state: symbolOf(state, symbol),
    writer: state?.writer?.S,
    control: controlOf(control),
    exposure: exposureOf(exposure),
    tally: stored.tally,
    storedTally: stored,
    balances: balancesOf(held.map((key) => found.get(nameOfKey(key))).filter((item) => item !== undefined)).balances,
    epochs: { gateway: numberOf(control, 'fence') ?? 0, configuration: numberOf(configuration, 'epoch') ?? 0 },
  };
}

/** The condition of a commit that does not hold on what was read, in the order in which every store asks; null: all hold. */
export function conflictOn(request: CommitRequest, view: SymbolView): CommitResult | null {
  const { transition, caps, expectedVersion } = request;
  const { requires, hold, next, decidedOnTick, exposure: change } = transition;
  const { control, state, exposure, tally, epochs } = view;
  if (requires !== null || hold !== null) {
    const allowed =
      requires === null ||
      (requires === 'ACTIVE' ? control.tradingState === 'ACTIVE' : control.tradingState !== 'HALTED');
    if (control.version !== request.controlVersion || !allowed) return { ok: false, conflict: 'control', control };
  }
  const isNewer = state.epoch < next.epoch || (state.epoch === next.epoch && state.seq < next.seq);
  const isFenced = decidedOnTick && epochs.gateway > next.epoch;
  if (state.version !== expectedVersion || isFenced || (decidedOnTick && expectedVersion > 0 && !isNewer)) {
    return { ok: false, conflict: 'state', state };
  }
  if (change !== null && change.positions > 0) {
    const fits = exposureRoom(exposure, caps, change.direction).gte(change.usdt);
    const { positions } = changeExposure(exposure, change);
    if (!fits || (caps.maxOpenPositions !== null && positions > caps.maxOpenPositions)) {
      return { ok: false, conflict: 'headroom', exposure };
    }
  }
  if (minuteIsFull(tally, transition.tally, caps.maxEntriesPerMinute)) return { ok: false, conflict: 'pace', tally };
  return null;
}
