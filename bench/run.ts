import { benchAlerts } from './alerts.ts';
import { benchAllocation } from './alloc.ts';
import { benchBacktest } from './backtest.ts';
import { benchGuards } from './guards.ts';
import { benchKpi } from './kpi.ts';
import { benchFeeds, benchLive, benchSoak } from './live.ts';
import { benchMetrics } from './metrics.ts';
import { type Bench, runBenches } from './report.ts';
import { benchSnapshot } from './snapshot.ts';
import { benchStore } from './store.ts';

/** Every benchmark by name; `npm run bench -- NAME…` runs some, without a name all. */
const BENCHES: Readonly<Record<string, Bench>> = {
  alerts: { title: 'Alerts on their way to the operator', run: benchAlerts },
  alloc: { title: 'Heap that a frame without consequence leaves, 250 symbols', run: benchAllocation },
  backtest: { title: 'Backtest', run: benchBacktest },
  live: { title: 'A run on real sockets, simulator in another process', run: benchLive },
  soak: { title: 'Ten minutes of the full market on real sockets', run: benchSoak },
  feeds: { title: 'Feeds under faults', run: benchFeeds },
  guards: { title: 'Guards, 250 symbols', run: benchGuards },
  kpi: { title: 'Figures', run: benchKpi },
  metrics: { title: 'Metrics of a run, 250 symbols', run: benchMetrics },
  snapshot: { title: 'Snapshot', run: benchSnapshot },
  store: { title: 'Store (SQLite, WAL, no fsync)', run: benchStore },
};

await runBenches(BENCHES, process.argv.slice(2));
