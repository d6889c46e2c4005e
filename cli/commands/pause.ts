import { tradingStateCommand } from '../trading-state.ts';

export const command = tradingStateCommand('pause', 'no new entries; open positions are still closed');
