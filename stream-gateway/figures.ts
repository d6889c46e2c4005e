import type { GatewayGauged } from '#adapters/wiring/gateway-telemetry.ts';
import { type RunView, tradingView } from '#adapters/wiring/run-view.ts';
import type { WatchSample } from '#core/alerts/watch.ts';
import { byVenue } from '#core/market/types.ts';
import type { assembleGateway, GatewayParts } from './assemble.ts';

/** What a gateway tells of itself is made from. */
export interface GatewayFigures extends Pick<GatewayParts, 'config' | 'source'> {
  readonly way: ReturnType<typeof assembleGateway>;
  /** Its own while it leads, else null. */
  readonly epoch: number | null;
  readonly nowMs: number;
  readonly startedMs: number;
  /** The store has answered lately. */
  readonly storeOk: boolean;
  readonly url: string;
}

/** What `npx twinleg status --wiring cloud` shows. */
export function statusOf(figures: GatewayFigures, running: boolean): RunView {
  const { config, source, epoch, nowMs, startedMs, url } = figures;
  const { account, stream, feeds } = figures.way;
  return {
    running,
    mode: config.mode,
    source,
    ...tradingView(account, account.books.kpi, account.portfolio()),
    uptimeSeconds: Math.floor((nowMs - startedMs) / 1000),
    venues: byVenue((venue) => feeds[venue].state()),
    ticks: stream.joiner.seq,
    decisions: null,
    epoch: epoch ?? 0,
    url,
    pid: process.pid,
    atMs: nowMs,
  };
}

/** What it is judged by each second. */
export function sampleOf({ way, nowMs, startedMs }: GatewayFigures): Omit<WatchSample, 'runway'> {
  const { account, stream, feeds } = way;
  const { fx } = stream.joiner;
  return {
    nowMs,
    uptimeMs: nowMs - startedMs,
    active: account.control.tradingState === 'ACTIVE',
    fxAgeMs: fx.receivedAtMs < 0 ? null : nowMs - fx.receivedAtMs,
    lastFrameAgeMs: byVenue((venue) => feeds[venue].state().lastFrameAgeMs),
    freeBytes: null,
    minFreeBytes: 0,
  };
}

/** What its instruments stand at. */
export function gaugedOf({ way, epoch, nowMs, startedMs, storeOk }: GatewayFigures): GatewayGauged {
  const { account, stream, gate, outbox, feeds } = way;
  const { settings, joiner, outside } = stream;
  const { states, exposure, control, tally, inventory } = account;
  const portfolio = account.portfolio();
  return {
    account: { states, exposure, control, tally, held: inventory.held },
    settings,
    joiner,
    outside,
    kpi: account.kpi(portfolio),
    portfolio,
    nowMs,
    uptimeMs: nowMs - startedMs,
    storeOk,
    feed: (venue) => feeds[venue].state(),
    filtered: gate.filtered,
    waiting: outbox.size,
    leads: epoch !== null,
  };
}
