import { z } from 'zod';
import { builtInInstrument } from '#core/market/instruments-table.ts';
import type { Venue } from '../venue.ts';
import { binanceBudget } from './budget.ts';
import { createBinanceMapper } from './mapper.ts';
import { binanceProtocol } from './protocol.ts';
import { deepenBinance, readBinance } from './rest.ts';

const serverTime = z.object({ serverTime: z.number() });

export const binance: Venue = {
  createMapper: createBinanceMapper,
  protocol: binanceProtocol,
  rest: {
    budget: binanceBudget,
    read: (client, { strict }) => readBinance(client, strict),
    deepen: deepenBinance,
    usualRules: (symbol) => builtInInstrument(symbol)?.binance,
    probe: '/api/v3/time',
    clockMs: (answer) => serverTime.safeParse(answer).data?.serverTime,
  },
};
