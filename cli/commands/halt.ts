import { tradingStateCommand } from '../trading-state.ts';

export const command = tradingStateCommand('halt', 'no entries and no exits, except pairs with an order out');
