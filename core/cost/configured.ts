import type { Config } from '../config.ts';
import { ratesFor } from './between.ts';
import { type Bill, billOf } from './bill.ts';
import { MEASURED } from './measured.ts';
import type { Layout, MarketMood } from './rates.ts';

interface BillKind {
  readonly symbols: number;
  readonly layout: Layout;
  readonly market: MarketMood;
}

/** The bill of a deployment with these settings, from what was measured. @throws TwinlegError as `ratesFor` */
export function billFor({ cloud, history, snapshot, strategy }: Config, kind: BillKind): Bill {
  const { shards } = cloud;
  const deployment = {
    ...kind,
    shards,
    keepDays: history.keepDays,
    snapshotSeconds: snapshot.everySeconds,
    minReturn: strategy.minProfitThreshold,
  };
  return billOf(ratesFor(MEASURED, kind), deployment);
}
