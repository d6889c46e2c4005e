import { tradingStateCommand } from '../trading-state.ts';

export const command = tradingStateCommand('flatten', 'close everything, and open nothing new');
