import { isDeepStrictEqual } from 'node:util';
import type { SymbolState } from '#core/engine/state.ts';
import { TwinlegError } from '#core/errors.ts';
import type { StoredState } from '#core/ports/store.ts';
import { ordered, type TableKeys } from '../../keys.ts';
import { nameOfKey, type TableAccess } from '../access.ts';
import { balancesOf, bodyOf, controlOf, exposureOf, type Item, leaseOf, tallyOf } from '../items.ts';
import { Attempts, type Patience } from '../retry.ts';
import { settledBefore } from '../settled.ts';

/** What has to be of one moment: the whole state, and the positions that ended of late. */
export interface Cut {
  readonly state: StoredState;
  /** Positions that ended at the horizon or later, up to the moment of the state. */
  readonly ended: readonly Item[];
  /** Every position that ended before this had been written before the state was read, and never changes again. */
  readonly horizonMs: number;
  /** Of the last gateway or run; 0 where there was none. */
  readonly epoch: number;
}

const PATIENCE: Patience = { budgetMs: 20_000, attempts: 200 };

/**
 * Reads the state twice, with the positions that ended of late in between, until both times are alike: a symbol's version
 * and writer change with every commit, so that all of it stood at once in between. Nobody is held up.
 *
 * @throws TwinlegError `SNAPSHOT_BUSY` where trading leaves no such moment
 */
export async function readCut(access: TableAccess, keys: TableKeys, nowMs: number): Promise<Cut> {
  const attempts = new Attempts(PATIENCE);
  let before = await collect(access, keys);
  for (;;) {
    const state = stateOf(before);
    const horizonMs = settledBefore(state.symbols, nowMs);
    const ended = await access.query(keys.partition('position'), { from: ordered(horizonMs) });
    const after = await collect(access, keys);
    if (isDeepStrictEqual(before, after)) {
      return { state, ended, horizonMs, epoch: leaseOf(before.lease)?.epoch ?? 0 };
    }
    if (!(await attempts.again())) throw busy(access);
    before = after;
  }
}

interface Collected {
  readonly control: Item | undefined;
  readonly exposure: Item | undefined;
  readonly tally: Item | undefined;
  readonly lease: Item | undefined;
  readonly symbols: readonly Item[];
  readonly balances: readonly Item[];
}

async function collect(access: TableAccess, keys: TableKeys): Promise<Collected> {
  const shared = [keys.control(), keys.exposure(), keys.tally(), keys.lease()];
  const [found, symbols, balances] = await Promise.all([
    access.get(shared),
    access.query(keys.partition('symbol')),
    access.query(keys.partition('balance')),
  ]);
  const [control, exposure, tally, lease] = shared.map((key) => found.get(nameOfKey(key)));
  // Every renewal changes the lease; its epoch alone belongs to the state.
  return { control, exposure, tally, lease: leaseWithoutBeat(lease), symbols, balances };
}

function leaseWithoutBeat(lease: Item | undefined): Item | undefined {
  if (lease === undefined) return undefined;
  const { beat: _beat, ...rest } = lease;
  return rest;
}

function stateOf({ control, exposure, tally, symbols, balances }: Collected): StoredState {
  return {
    control: controlOf(control),
    symbols: symbols.map((item) => bodyOf<SymbolState>(item)),
    exposure: exposureOf(exposure),
    tally: tallyOf(tally).tally,
    ...balancesOf(balances),
  };
}

function busy({ target }: TableAccess): TwinlegError {
  return new TwinlegError(
    'SNAPSHOT_BUSY',
    `the table ${target.table} was written so often that no moment of it could be read`,
    'try again, or pause trading first: npx twinleg pause',
    { retryable: true },
  );
}
