import { coinOf } from '../market/symbol.ts';
import { buyVenue, byVenue, CURRENCY_OF, otherVenue, type VenueId } from '../market/types.ts';
import { balanceKey } from '../portfolio/portfolio.ts';
import type { Guard, GuardContext } from './types.ts';

const MONEY_KEYS = byVenue((venue) => balanceKey(venue, CURRENCY_OF[venue]));

/** Made once a symbol, as the guard must not allocate. */
const COIN_KEYS = new Map<string, Readonly<Record<VenueId, string>>>();

function coinKeys(symbol: string): Readonly<Record<VenueId, string>> {
  let keys = COIN_KEYS.get(symbol);
  if (keys === undefined) {
    const coin = coinOf(symbol);
    keys = byVenue((venue) => balanceKey(venue, coin));
    COIN_KEYS.set(symbol, keys);
  }
  return keys;
}

/** Share of what is needed that lies ready: the scarcer of the money on the buying and the coin on the selling venue. */
function coverage(context: GuardContext): number {
  const { balances, market, settings, symbol, wish } = context;
  const buying = buyVenue(wish.direction);
  const selling = otherVenue(buying);
  const price = market[buying].ask.price[0]!;
  const money = Number(balances.get(MONEY_KEYS[buying]) ?? 0);
  const coins = Number(balances.get(coinKeys(symbol)[selling]) ?? 0);
  const slippage = 1 + settings.execution.slippageAllowance;
  const needed = wish.quantity * price * slippage * (1 + settings.execution.fees[buying]);
  return Math.min(money / needed, coins / wish.quantity);
}

/** Coin to sell and money to buy with on the right venues. Protects from a leg that the venue must refuse. */
export const venueInventory: Guard = {
  code: 'VENUE_INVENTORY',
  tier: 'portfolio',
  always: false,
  does: 'refuse',
  protectsFrom: 'a leg that a venue must refuse for want of coins or money',
  key: null,
  // What another limit leaves no size for is not held against the inventory.
  passes: (context) => context.wish.limitedBy !== null || coverage(context) >= 1,
  value: coverage,
  limit: () => 1,
};
