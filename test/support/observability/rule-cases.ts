/** Series for one rule of Prometheus, a sample each 15 s in promtool's notation, and the moment at which it is asked. */
export interface RuleCase {
  readonly at: string;
  readonly fires: Readonly<Record<string, string>>;
  readonly silent: Readonly<Record<string, string>>;
  /** Labels that the alert has beside its severity. */
  readonly labels?: Readonly<Record<string, string>>;
}

const RUN = { job: 'twinleg', instance: 'run' };

/** A series of the run. */
function of(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const all = Object.entries({ ...RUN, ...labels }).map(([label, value]) => `${label}="${value}"`);
  return `twinleg_${name}{${all.join(',')}}`;
}

/** A counter that once rises is the alert, one that stands is not. */
function counted(
  name: string,
  labels: Readonly<Record<string, string>>,
  by = 1,
): Pick<RuleCase, 'fires' | 'silent' | 'labels'> {
  const series = of(name, labels);
  return { fires: { [series]: `0x17 ${by}x3` }, silent: { [series]: `${by}x20` }, labels: RUN };
}

/** A gauge beyond its limit for long enough, and one that was so for a moment. */
function gauged(name: string, labels: Record<string, string>, good: number, bad: number, samples: number) {
  const series = of(name, labels);
  return {
    fires: { [series]: `${bad}x${samples}` },
    silent: { [series]: `${good}x${samples - 2} ${bad}x2` },
    labels: { ...RUN, ...labels },
  };
}

const BINANCE = { venue: 'binance' };

function latencies(seconds: number): Record<string, string> {
  const perSample = 30;
  return {
    [of('loop_latency_seconds_sum')]: `0+${seconds * perSample}x80`,
    [of('loop_latency_seconds_count')]: `0+${perSample}x80`,
  };
}

function transits(seconds: number): Record<string, string> {
  return { [of('tick_transit_seconds_sum')]: `0+${seconds * 10}x60`, [of('tick_transit_seconds_count')]: '0+10x60' };
}

function commits(fast: number): Record<string, string> {
  const bucket = (le: string) => of('tick_to_commit_seconds_bucket', { le });
  return { [bucket('0.25')]: `0+${fast}x80`, [bucket('0.5')]: '0+100x80', [bucket('+Inf')]: '0+100x80' };
}

const GUARD = of('guard_triggers_total', { guard: 'COOLDOWN', symbol: 'BTC/USDT' });
const ENTERED = of('decisions_total', { decision: 'ENTER' });
const ACTIVE = of('trading_state', { state: 'ACTIVE' });
const SIX_HOURS = 1600;

/** For each rule by its alert's code. */
export const RULE_CASES: Readonly<Record<string, RuleCase>> = {
  NAKED_LEG: { at: '5m', ...gauged('naked_notional_usdt', {}, 0, 250, 20) },
  EXPOSURE_CONFLICT: { at: '5m', ...counted('conflicts_total', { kind: 'given_up' }) },
  OPPORTUNITIES_MISSED: {
    at: '70m',
    fires: { [GUARD]: '0+1x300', [ENTERED]: '0x300' },
    silent: { [GUARD]: '0+1x300', [ENTERED]: '0+1x300' },
    labels: RUN,
  },
  LOW_ACTIVITY: {
    at: '6h30m',
    fires: idle(1),
    silent: idle(0),
    labels: RUN,
  },
  ERROR_RATE: { at: '5m', ...counted('errors_total', { code: 'INTERNAL' }, 20) },
  VENUE_DOWN: { at: '5m', ...gauged('ws_connected', BINANCE, 1, 0, 20) },
  TELEGRAM_DOWN: { at: '5m', ...gauged('alert_oldest_waiting_seconds', {}, 5, 90, 20) },
  WEBHOOK_REFUSED: { at: '5m', ...counted('webhooks_total', { result: 'forged' }) },
  QUEUE_BACKLOG: { at: '10m', fires: transits(20), silent: transits(0.2) },
  DEAD_LETTERS: {
    at: '5m',
    ...counted('dead_letters_total', { reason: 'malformed' }),
    labels: { reason: 'malformed' },
  },
  COMMAND_REFUSED: { at: '5m', ...counted('commands_total', { result: 'refused' }) },
  COMMANDS_CONTESTED: { at: '5m', ...counted('command_polls_total', { result: 'conflict' }) },
  ENGINE_CRASHED: {
    at: '5m',
    fires: { 'up{job="twinleg",instance="run"}': '1x10 0x10' },
    silent: { 'up{job="twinleg",instance="run"}': '1x19 0x1' },
    labels: RUN,
  },
  SERIES_GONE: {
    at: '20m',
    fires: { [of('uptime_seconds')]: '0+15x20' },
    silent: { [of('uptime_seconds')]: '0+15x80' },
  },
  STORE_LOST: { at: '5m', ...counted('errors_total', { code: 'STORE_FAILED' }) },
  STORE_SLOW: { at: '5m', ...counted('errors_total', { code: 'STORE_BUSY' }) },
  ERROR_LOGGED: { at: '5m', ...counted('errors_total', { code: 'INTERNAL' }) },
  LOOP_LATENCY: { at: '15m', fires: latencies(0.08), silent: latencies(0.01), labels: RUN },
  COMMIT_SLOW: { at: '15m', fires: commits(90), silent: commits(100), labels: RUN },
  CPU_HIGH: { at: '12m', ...gauged('cpu_usage_percent', {}, 20, 95, 48) },
  MEMORY_HIGH: { at: '12m', ...gauged('memory_usage_bytes', {}, 3e8, 2e9, 48) },
  SNAPSHOT_SAVE_FAILED: { at: '5m', ...counted('snapshot_save_total', { result: 'failed' }) },
  TRADING_HELD: { at: '65m', ...gauged('trading_state', { state: 'ACTIVE' }, 1, 0, 260) },
  RECONNECT_STORM: {
    at: '5m',
    ...counted('ws_events_total', { ...BINANCE, event: 'disconnected' }, 8),
    labels: { ...RUN, ...BINANCE },
  },
  BAD_FRAMES: {
    at: '5m',
    ...counted('ws_frames_total', { ...BINANCE, kind: 'malformed_json' }, 20),
    labels: { ...RUN, ...BINANCE },
  },
};

function idle(active: number): Record<string, string> {
  return {
    [of('trades_total', { symbol: 'BTC/USDT' })]: `7x${SIX_HOURS}`,
    [of('uptime_seconds')]: `0+15x${SIX_HOURS}`,
    [ACTIVE]: `${active}x${SIX_HOURS}`,
  };
}
