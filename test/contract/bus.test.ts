import { createInProcessBus } from '#adapters/bus/in-process.ts';
import { busContract } from '../support/contract/bus.ts';

busContract('in process', async () => {
  const { publish, subscribe } = createInProcessBus();
  return { symbols: ['BTC/USDT', 'ETH/USDT'], publish, subscribe };
});
