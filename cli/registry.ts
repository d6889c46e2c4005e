import type { Command } from './command.ts';

/** Every command, loaded when it is asked for. */
export const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  run: () => import('./commands/run.ts'),
  backtest: () => import('./commands/backtest.ts'),
  record: () => import('./commands/record.ts'),
  universe: () => import('./commands/universe.ts'),
  status: () => import('./commands/status.ts'),
  trades: () => import('./commands/trades.ts'),
  positions: () => import('./commands/positions.ts'),
  balances: () => import('./commands/balances.ts'),
  why: () => import('./commands/why.ts'),
  kpi: () => import('./commands/kpi.ts'),
  pause: () => import('./commands/pause.ts'),
  resume: () => import('./commands/resume.ts'),
  halt: () => import('./commands/halt.ts'),
  flatten: () => import('./commands/flatten.ts'),
  alerts: () => import('./commands/alerts.ts'),
  incident: () => import('./commands/incident.ts'),
  dlq: () => import('./commands/dlq.ts'),
  cost: () => import('./commands/cost.ts'),
  snapshot: () => import('./commands/snapshot.ts'),
  reset: () => import('./commands/reset.ts'),
  doctor: () => import('./commands/doctor.ts'),
  config: () => import('./commands/config.ts'),
};
