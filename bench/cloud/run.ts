import { benchEvaluate } from '../evaluate.ts';
import { type Bench, runBenches } from '../report.ts';
import { benchColdStart } from './coldstart.ts';
import { benchGateway } from './gateway.ts';
import { benchHour } from './hour.ts';

/** Every benchmark of the cloud's parts by name; `npm run bench:cloud -- NAME… [OPTIONS]` runs some, without a name all. */
const BENCHES: Readonly<Record<string, Bench>> = {
  coldstart: { title: 'A new execution environment of each function', run: benchColdStart },
  evaluate: { title: 'Functions on MiniStack, batches of ten', run: benchEvaluate },
  gateway: {
    title: 'Gateway as its container starts it; simulator and MiniStack in other processes',
    run: benchGateway,
  },
  hour: { title: 'What a deployment uses, counted at the clients of AWS', run: benchHour },
};

await runBenches(BENCHES, process.argv.slice(2));
