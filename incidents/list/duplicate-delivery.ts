import { WEBHOOK_SECRET } from '../run-process.ts';
import type { Stage } from '../stage.ts';
import type { Incident } from '../types.ts';
import { NotInTime } from '../wait.ts';

const TIMES = 3;

export const incident: Incident = {
  done: 'Binance sends every frame two times, and Alertmanager delivers the same alert three times',
  expected: { SERIES_GONE: 8000 },
  quiet: ['EXPOSURE_CONFLICT', 'RECONCILE_MISMATCH', 'BAD_FRAMES', 'WEBHOOK_REFUSED', 'EXTERNAL_ALERT'],
  recovery: 'each frame comes once, and Alertmanager says, three times too, that its alert is over',
  recoversWithinMs: 45_000,
  async strike(stage) {
    await stage.fault({ kind: 'twice', venue: 'binance', durationMs: 120_000 });
    for (let i = 0; i < TIMES; i++) await deliver(stage, 'firing');
    await stage.traded(20_000);
  },
  async mend(stage) {
    await stage.fault({ kind: 'clear', venue: 'binance' });
    for (let i = 0; i < TIMES; i++) await deliver(stage, 'resolved');
  },
  verify(stage) {
    const causes = stage.alerts().length;
    stage.check(causes === 1, `three deliveries of one alert are ${causes} in the history`);
  },
};

async function deliver({ run }: Stage, status: 'firing' | 'resolved'): Promise<void> {
  const alert = { status, labels: { alertname: 'SERIES_GONE', severity: 'P1' }, fingerprint: 'rehearsal' };
  const response = await fetch(`${run.url}/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${WEBHOOK_SECRET}` },
    body: JSON.stringify({ version: '4', alerts: [alert] }),
  });
  if (!response.ok) throw new NotInTime(`the webhook answers ${response.status}`);
}
