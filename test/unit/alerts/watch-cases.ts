import type { Activity } from '#core/alerts/activity.ts';
import type { AlertCode } from '#core/alerts/catalogue.ts';
import type { Watch, WatchSample } from '#core/alerts/watch.ts';

export const SECOND = 1000;
const HOUR = 3_600_000;
export const CALM: Omit<WatchSample, 'nowMs'> = {
  uptimeMs: 1000,
  active: true,
  fxAgeMs: 100,
  lastFrameAgeMs: { binance: 10, upbit: 10 },
  freeBytes: 1e12,
  minFreeBytes: 5e8,
  runway: { entries: 10, where: 'BTC/USDT' },
};

/** What is seen in a second: figures of the run, and what happened in it. */
export interface Second {
  readonly sample?: Partial<WatchSample>;
  readonly happens?: (watch: Watch, activity: Activity, nowMs: number) => void;
}

interface WatchCase {
  /** Just not enough. */
  readonly silent: Second;
  readonly fires: Second;
  /** How many such seconds. */
  readonly seconds?: number;
  /** After so long without it, it is over, ms. */
  readonly clearsMs: number;
}

const times =
  (n: number, what: (activity: Activity, nowMs: number) => void): NonNullable<Second['happens']> =>
  (_watch, activity, nowMs) => {
    for (let i = 0; i < n; i++) what(activity, nowMs);
  };
const breaks = (n: number) => times(n, ({ venues }, nowMs) => venues.upbit.breaks.add(nowMs));
const bad = (n: number) => times(n, ({ venues }, nowMs) => venues.binance.malformed.add(nowMs));
const frame = (tookMs: number) => times(1, (activity, nowMs) => activity.frame(nowMs, tookMs));
const refused = (n: number) => times(n, ({ refusals }, nowMs) => refusals.add(nowMs));
const fault =
  (code: string): NonNullable<Second['happens']> =>
  (watch, _activity, nowMs) =>
    watch.fault(code, 'as it was said', nowMs);
const stranger =
  (code: 'WEBHOOK_REFUSED' | 'COMMAND_REFUSED'): NonNullable<Second['happens']> =>
  (watch, _activity, nowMs) =>
    watch.stranger(code, 'nobody knows them', nowMs);

/** What a run's second-by-second watch raises, just not and just so. */
export const WATCH_CASES: Readonly<Partial<Record<AlertCode, WatchCase>>> = {
  LOOP_LATENCY: { silent: { happens: frame(49) }, fires: { happens: frame(60) }, seconds: 7, clearsMs: 25 * SECOND },
  RECONNECT_STORM: { silent: { happens: breaks(4) }, fires: { happens: breaks(5) }, clearsMs: 70 * SECOND },
  BAD_FRAMES: { silent: { happens: bad(9) }, fires: { happens: bad(10) }, clearsMs: 70 * SECOND },
  FX_STALE: {
    silent: { sample: { fxAgeMs: 11_000, lastFrameAgeMs: { binance: 10, upbit: 6000 } } },
    fires: { sample: { fxAgeMs: 11_000 } },
    clearsMs: 10 * SECOND,
  },
  DISK_FILLING: {
    // Below what entries need another alert says so.
    silent: { sample: { freeBytes: 4e8 } },
    fires: { sample: { freeBytes: 19e8 } },
    clearsMs: 10 * SECOND,
  },
  INVENTORY_RUNWAY: {
    silent: { sample: { runway: { entries: 2, where: 'BTC/USDT' } } },
    fires: { sample: { runway: { entries: 1.9, where: 'BTC/USDT' } } },
    clearsMs: 70 * SECOND,
  },
  OPPORTUNITIES_MISSED: {
    silent: { sample: { uptimeMs: HOUR }, happens: refused(19) },
    fires: { sample: { uptimeMs: HOUR }, happens: refused(20) },
    clearsMs: 10 * SECOND,
  },
  LOW_ACTIVITY: {
    silent: { sample: { uptimeMs: 7 * HOUR, active: false } },
    fires: { sample: { uptimeMs: 7 * HOUR } },
    clearsMs: 10 * SECOND,
  },
  STORE_LOST: { silent: {}, fires: { happens: fault('STORE_FAILED') }, clearsMs: 20 * SECOND },
  STORE_SLOW: { silent: {}, fires: { happens: fault('STORE_BUSY') }, clearsMs: 40 * SECOND },
  ERROR_LOGGED: { silent: {}, fires: { happens: fault('INTERNAL') }, clearsMs: 310 * SECOND },
  WEBHOOK_REFUSED: { silent: {}, fires: { happens: stranger('WEBHOOK_REFUSED') }, clearsMs: 310 * SECOND },
  COMMAND_REFUSED: { silent: {}, fires: { happens: stranger('COMMAND_REFUSED') }, clearsMs: 310 * SECOND },
};
