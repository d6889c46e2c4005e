import type { Incident } from '../types.ts';
import { pause } from '../wait.ts';

/** The run is stopped for so long, then let go for so long, ms. */
const STOPPED_MS = 300;
const GOING_MS = 60;

export const incident: Incident = {
  done: 'the machine lets the run compute for 60 ms and then not for 300 ms, until it is told (alerts.loopLatencyForSeconds=3)',
  expected: { LOOP_LATENCY: 25_000 },
  quiet: ['VENUE_DOWN', 'POSITION_UNJUDGEABLE', 'STORE_SLOW', 'RECONNECT_STORM', 'COMMIT_SLOW'],
  recovery: 'the run computes without pause; ten seconds later its mean is below the limit',
  recoversWithinMs: 75_000,
  slow: true,
  settings: { alerts: { loopLatencyForSeconds: 3 } },
  async strike({ run }) {
    const untilMs = performance.now() + 20_000;
    while (
      performance.now() < untilMs &&
      !run.log.some(({ event, code }) => event === 'alert' && code === 'LOOP_LATENCY')
    ) {
      run.signal('SIGSTOP');
      await pause(STOPPED_MS);
      run.signal('SIGCONT');
      await pause(GOING_MS);
    }
  },
  mend() {},
};
