import { VENUES } from '../market/types.ts';
import { gauge } from './spec.ts';

/** Read from the store and the last prices, so one long-lived process tells it. */
const sources = ['run', 'gateway'] as const;

const usdt = (name: string, help: string) => gauge(name, { unit: 'USDT', help, labels: {}, sources });
const ratio = (name: string, help: string) => gauge(name, { unit: 'ratio', help, labels: {}, sources });

/** Risk-adjusted results, and what lies on the venues; NaN while a figure has no value (docs/kpis.md). */
export const PORTFOLIO_METRICS = {
  drawdown: usdt('drawdown_usdt', 'Fall of the summed PnL below its highest point, now, as the guard counts it.'),
  maxDrawdown: usdt('max_drawdown_usdt', 'Largest fall of the summed PnL below its highest point so far.'),
  sharpe: ratio('sharpe_ratio', 'Sharpe ratio of the daily PnL, a year of 365 days.'),
  sortino: ratio('sortino_ratio', 'Sortino ratio of the daily PnL, a year of 365 days.'),
  calmar: ratio('calmar_ratio', 'PnL a year against the largest drawdown.'),
  captureRatio: ratio('capture_ratio', 'PnL of closed positions against what they were seen to be worth at entry.'),
  oneLegRate: ratio('one_leg_rate', 'Share of closed positions of which a leg was chased or unwound.'),
  nakedSeconds: gauge('naked_seconds', {
    unit: 'seconds',
    help: 'Time during which legs of closed positions differed, summed.',
    labels: {},
    sources,
  }),
  fees: usdt('fees_usdt', 'Fees of closed positions.'),
  slippage: gauge('slippage_usdt', {
    unit: 'USDT',
    help: 'Cost of prices that were worse than decided, of closed positions; negative where better.',
    labels: { symbol: 'symbols' },
    sources,
  }),
  exposureBySymbol: gauge('exposure_symbol_usdt', {
    unit: 'USDT',
    help: 'Entry notional of the open position of a symbol.',
    labels: { symbol: 'symbols' },
    sources,
  }),
  exposureByVenue: gauge('exposure_venue_usdt', {
    unit: 'USDT',
    help: 'Entry notional of open positions with a leg on a venue: that is each of them.',
    labels: { venue: VENUES },
    sources,
  }),
  inventoryValue: gauge('inventory_value_usdt', {
    unit: 'USDT',
    help: 'What lies on a venue, at the last mid prices.',
    labels: { venue: VENUES },
    sources,
  }),
  inventoryPnl: usdt('inventory_pnl_usdt', 'What prices alone did to the first balances.'),
  coinDelta: gauge('coin_delta_usdt', {
    unit: 'USDT',
    help: 'Coins held over both venues less the first ones, at the last price.',
    labels: { asset: 'assets' },
    sources,
  }),
  runway: gauge('inventory_runway_entries', {
    unit: 'entries',
    help: 'Entries of full size that the scarcest asset of a symbol lasts for.',
    labels: { symbol: 'symbols' },
    sources,
  }),
  capital: usdt('capital_usdt', 'All capital: the first balances at the prices of when they were given.'),
  capitalNeeded: usdt('capital_needed_usdt', 'What the configured positions need on both venues.'),
  returnOnCapital: ratio('return_on_capital', 'PnL of closed positions against all capital.'),
} as const;
