import { tradingStateCommand } from '../trading-state.ts';

export const command = tradingStateCommand('resume', 'trade again');
