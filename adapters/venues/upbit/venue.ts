import { randomUUID } from 'node:crypto';
import type { Venue } from '../venue.ts';
import { upbitBudget } from './budget.ts';
import { createUpbitMapper } from './mapper.ts';
import { upbitProtocol } from './protocol.ts';
import { readUpbit, upbitRules } from './rest.ts';

export const upbit: Venue = {
  createMapper: createUpbitMapper,
  protocol: () => upbitProtocol(randomUUID),
  rest: {
    budget: upbitBudget,
    read: (client, { wanted, strict }) => readUpbit(client, wanted, strict),
    usualRules: () => upbitRules(),
    probe: '/v1/orderbook?markets=KRW-USDT',
  },
};
