import type { LeaseTiming } from '#adapters/store/lease-keeper.ts';
import type { RunClock } from '#adapters/wiring/clock.ts';
import type { GatewayCloud } from '#adapters/wiring/gateway-cloud.ts';
import { GatewayTelemetry } from '#adapters/wiring/gateway-telemetry.ts';
import type { ConfigSource } from '#adapters/wiring/hot-config.ts';
import { createIntake } from '#adapters/wiring/intake.ts';
import { createLiveFeeds } from '#adapters/wiring/live-feeds.ts';
import type { Log } from '#adapters/wiring/log.ts';
import { Measuring } from '#adapters/wiring/measuring.ts';
import { RunSymbols } from '#adapters/wiring/run-symbols.ts';
import type { VenueAddress } from '#adapters/wiring/start-venues.ts';
import type { Alert } from '#core/alerts/types.ts';
import type { Config } from '#core/config.ts';
import { compileSettings } from '#core/engine/settings.ts';
import { TickStream } from '#core/gateway/stream.ts';
import type { InterestTiming } from '#core/gateway/timing.ts';
import type { VenueId } from '#core/market/types.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import type { SendFailure } from '#core/ports/tick-sender.ts';
import { Account } from './account.ts';
import { Gate } from './gate.ts';
import { GatewayWatch } from './gateway-watch.ts';
import { Outbox } from './outbox.ts';
import { Oversight } from './oversight.ts';

export interface GatewayParts {
  readonly config: Config;
  readonly cloud: GatewayCloud;
  readonly urls: Readonly<Record<VenueId, VenueAddress>>;
  /** `simulator`, `real` or `tape`. */
  readonly source: string;
  readonly clock: RunClock;
  readonly log: Log;
  /** What all parts of the deployment trade by, and the configuration's epoch that it was read at. */
  readonly deployment: Deployment;
  readonly configEpoch: number;
  readonly configSource?: ConfigSource | undefined;
  readonly leaseTiming?: LeaseTiming | undefined;
  readonly interestTiming?: InterestTiming | undefined;
}

/** What the parts tell the gateway that they belong to. */
export interface GatewayEvents {
  readonly gauged: ConstructorParameters<typeof GatewayTelemetry>[2];
  readonly configEpoch: () => number;
  readonly failed: (error: unknown) => void;
  /** A queue did not take a tick. */
  readonly refused: (failure: SendFailure) => void;
}

/** Everything on a tick's way: feeds → intake → stream → gate → outbox. */
export function assembleGateway(parts: GatewayParts, events: GatewayEvents) {
  const { config, cloud, clock, log, deployment } = parts;
  const { failed } = events;
  const { now } = clock;
  const { list } = deployment;
  const instruments = new Map(deployment.instruments.map((instrument) => [instrument.symbol, instrument]));
  const settings = compileSettings(config, instruments, { guardsOn: true, list });
  const telemetry = new GatewayTelemetry(settings.watched, now, events.gauged);
  const stream = new TickStream(
    settings,
    (tick, index) => {
      oversight.tick(tick, index);
      gate.tick(tick, index);
    },
    failed,
  );
  const gate = new Gate({
    settings,
    nowMs: now(),
    timing: parts.interestTiming,
    pass: (tick, interest) => outbox.offer(tick, interest),
  });
  const account = new Account({
    records: cloud.records,
    stream,
    filter: gate.filter,
    // Told by whoever leads.
    entry: (symbol, netEdge) => {
      if (gate.isOpen) telemetry.entry(symbol, netEdge);
    },
    nowMs: now(),
  });
  const outbox = new Outbox({
    sender: cloud.sender,
    queueOf: cloud.queueOf,
    encode: (tick) =>
      cloud.encode(tick, {
        sentAtMs: Date.now(),
        configEpoch: events.configEpoch(),
        outside: stream.outside,
        crossingsWindowMs: stream.settings.guards.commonMode.windowMs,
      }),
    now,
    leaves: (tick) => gate.filter.leaves(tick),
    left: (symbol) => gate.filter.left(symbol, now()),
    sent: (interest) => telemetry.sent(interest),
    unsent: (why, count) => telemetry.unsent(why, count),
    failed: events.refused,
  });
  // Stored with its cause: where the queue is away, the sweep of the next minute finds it.
  function tell(alert: Alert): void {
    log('error', 'alert', { ...alert });
    void cloud.tell(alert).catch((error: unknown) => log('warn', 'alert_not_sent', { message: String(error) }));
  }
  const watch = new GatewayWatch({
    activity: telemetry.activity,
    loopLatencyForSeconds: config.alerts.loopLatencyForSeconds,
    tell: (alert) =>
      void cloud.store
        .record([], [alert])
        .catch((error: unknown) => log('warn', 'alert_not_stored', { message: String(error) }))
        .finally(() => tell(alert)),
  });
  const oversight = new Oversight({
    store: cloud.store,
    stream,
    filter: gate.filter,
    onRefusal: (record) => telemetry.refusal(record),
    onAlert: tell,
    onControl: ({ tradingState, setBy, reason }) => log('warn', 'trading_state', { tradingState, setBy, reason }),
  });
  const intake = createIntake({
    machine: stream,
    symbols: settings.watched,
    recorder: null,
    now,
    measured: (venue, kind, tookMs, atMs) => telemetry.frame(venue, kind, tookMs, atMs),
    failed,
  });
  const feeds = createLiveFeeds({
    config,
    symbols: settings.watched,
    urls: parts.urls,
    now,
    log,
    telemetry,
    recording: null,
    intake: intake.frame,
    heardAtMs: (venue) => stream.joiner.liveness[venue],
    alive: (venue, atMs) => stream.alive(venue, atMs),
  });
  const measuring = new Measuring({
    ...parts,
    machine: stream,
    recording: null,
    dataDir: null,
    ledgerMismatch: null,
    now,
    failed,
  });
  const symbols = new RunSymbols({
    config,
    list,
    instruments,
    guardsOn: true,
    machine: {
      reconfigure(changed, atMs) {
        stream.reconfigure(changed, atMs);
        gate.reconfigure(changed, atMs);
      },
      holds: () => true,
    },
    intake,
    feeds,
    telemetry,
    recording: null,
    now,
  });
  return { account, telemetry, stream, gate, watch, outbox, oversight, feeds, measuring, symbols };
}
