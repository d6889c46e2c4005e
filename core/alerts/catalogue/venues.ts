import type { AlertSpec } from '../types.ts';

/** Feeds, quotes, and what the venues list. */
export const VENUE_ALERTS = {
  RECONNECT_STORM: {
    severity: 'P1',
    title: 'A venue’s connection keeps breaking',
    condition: 'a venue’s connection broke five times within a minute',
    source: 'metric',
    action: 'Check the network and the venue’s status page. `npx twinleg status` shows the connections.',
    lasts: 'condition',
    prometheus: {
      expr: 'sum by (job, instance, venue) (increase(twinleg_ws_events_total{event="disconnected"}[1m])) >= 5',
      for: '0s',
    },
  },
  FX_STALE: {
    severity: 'P1',
    title: 'The won rate is missing',
    condition: 'KRW-USDT was not heard for 10 s though Upbit is connected',
    source: 'metric',
    action: 'Check KRW-USDT on Upbit. Without it nothing is entered and no position is judged.',
    lasts: 'condition',
    prometheus: null,
  },
  BAD_FRAMES: {
    severity: 'P2',
    title: 'A venue sends frames that make no sense',
    condition: 'ten malformed frames of a venue within a minute',
    source: 'metric',
    action: 'Look at the log and at the venue’s change notices: its format may have changed.',
    lasts: 'condition',
    prometheus: {
      expr: 'sum by (job, instance, venue) (increase(twinleg_ws_frames_total{kind=~"malformed_.*"}[1m])) >= 10',
      for: '0s',
    },
  },
  UNIVERSE_STALE: {
    severity: 'P2',
    title: 'The list of symbols cannot be refreshed',
    condition: 'a venue’s REST does not say what it lists',
    source: 'log',
    action: 'Check the venue’s REST and the limits it sets. The last good list stays in force until it answers.',
    lasts: 'condition',
    prometheus: null,
  },
  UNIVERSE_EMPTY: {
    severity: 'P1',
    title: 'No symbol is left to trade',
    condition: 'the filters leave no symbol',
    source: 'log',
    action:
      'Run `npx twinleg universe` for the reasons and mend universe.filters. Open positions are managed meanwhile.',
    lasts: 'condition',
    prometheus: null,
  },
} as const satisfies Record<string, AlertSpec>;
