import { benchAlerts } from './alerts.ts';
import { benchAllocation } from './alloc.ts';
import { benchBacktest } from './backtest.ts';
import { benchGuards } from './guards.ts';
import { benchKpi } from './kpi.ts';
import { benchFeeds, benchLive, benchSoak } from './live.ts';
import { benchMetrics } from './metrics.ts';
import { type Figure, machine, print } from './report.ts';
import { benchSnapshot } from './snapshot.ts';
import { benchStore } from './store.ts';

/** Every benchmark by name; `npm run bench -- NAME…` runs some, without a name all. */
const BENCHES: Readonly<Record<string, { title: string; run: () => Promise<Figure[]> | Figure[] }>> = {
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

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
console.log(machine());
for (const [name, { title, run }] of Object.entries(BENCHES)) {
  if (asked.length === 0 || asked.includes(name)) print(title, await run());
}
