import { hostname } from 'node:os';
import { LEASE_TIMING, LeaseKeeper } from '#adapters/store/lease-keeper.ts';
import { tellJump } from '#adapters/wiring/clock.ts';
import { warnedSymbols } from '#adapters/wiring/gateway-cloud.ts';
import type { GatewayTelemetry } from '#adapters/wiring/gateway-telemetry.ts';
import { hotChange, watchConfig } from '#adapters/wiring/hot-config.ts';
import { RunMonitor } from '#adapters/wiring/run-monitor.ts';
import { configVersion } from '#core/config-version.ts';
import { TwinlegError } from '#core/errors.ts';
import { VENUES } from '#core/market/types.ts';
import type { InterestView, LeaseRecord } from '#core/ports/cloud-store.ts';
import type { Deployment } from '#core/ports/deployment.ts';
import type { SendFailure } from '#core/ports/tick-sender.ts';
import { assembleGateway, type GatewayParts } from './assemble.ts';
import { type GatewayFigures, gaugedOf, sampleOf, statusOf } from './figures.ts';
import { Publishing } from './publishing.ts';
import { StoreWatch } from './store-watch.ts';

/** How often the seconds that no frame brought are passed, ms. */
const BEAT_MS = 100;
const SECOND_MS = 1000;
/** Longest that a stop waits for what is under way to the queues, ms. */
const DRAIN_MS = 4000;
/** Without an answer for so long the store counts as away, ms. */
const STORE_SILENT_MS = 5000;

/** The long-lived process between venues and queues, from its first frame to its clean stop. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #way: ReturnType<typeof assembleGateway>;
  readonly #keeper: LeaseKeeper;
  readonly #watch: StoreWatch;
  readonly #monitor: RunMonitor;
  readonly #publishing: Publishing;
  readonly #startedMs: number;
  readonly #timers: NodeJS.Timeout[] = [];
  #deployment: Deployment;
  #configEpoch: number;
  #feedsOn = false;
  #forgetConfig = () => {};
  #beatMs = 0;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { cloud, clock, deployment, configEpoch } = parts;
    const { now } = clock;
    this.#deployment = deployment;
    this.#configEpoch = configEpoch;
    this.#startedMs = now();
    const failed = (error: unknown) => this.#failed(error);
    this.#way = assembleGateway(parts, {
      gauged: () => gaugedOf(this.#figures()),
      configEpoch: () => this.#configEpoch,
      failed,
      refused: (failure) => this.#refused(failure),
    });
    const { stream, gate, feeds, telemetry } = this.#way;
    this.#keeper = new LeaseKeeper({
      lease: cloud.store.lease,
      holder: `${hostname()}:${process.pid}:${this.#startedMs}`,
      timing: parts.leaseTiming ?? LEASE_TIMING,
      leads: (epoch) => this.#lead(epoch),
      lost: (by) => this.#follow(by),
      failed,
    });
    this.#watch = new StoreWatch({
      store: cloud.store,
      deployments: cloud.deployments,
      now,
      maybeOpen: () => gate.filter.maybeOpen,
      watched: () => stream.settings.watched,
      onView: (view, startedMs) => this.#viewed(view, startedMs),
      onDeployment: (changed, epoch) => this.#deployed(changed, epoch),
      configEpoch: () => this.#configEpoch,
      failed,
    });
    this.#monitor = new RunMonitor({
      joiner: stream.joiner,
      feeds,
      page: telemetry.reading,
      now,
      isIdle: () => !this.#feedsOn,
      besides: () => this.#health(),
    });
    this.#publishing = new Publishing({
      ...this.#way,
      publications: cloud.publications,
      records: cloud.records,
      figures: cloud.figures,
      status: (running) => statusOf(this.#figures(), running),
      now,
      failed,
    });
  }

  /** What its instruments stand at, and what is counted of their sending. */
  get telemetry(): Pick<GatewayTelemetry, 'reading' | 'pushed'> {
    return this.#way.telemetry;
  }

  get url(): string {
    return this.#monitor.url;
  }

  async start(): Promise<void> {
    const { config, clock, log, source, configSource } = this.#parts;
    const { account, stream, measuring } = this.#way;
    await account.refresh().catch((error: unknown) => this.#failed(error));
    await this.#monitor.listen(config.server.host, config.server.port);
    stream.advanceTo(clock.now());
    if (config.cloud.gatewayStandby) this.#startFeeds();
    measuring.start();
    this.#warn(this.#deployment);
    this.#watch.start();
    this.#keeper.start();
    this.#forgetConfig = watchConfig(configSource, () => this.#reload());
    this.#timers.push(
      setInterval(() => this.#beat(), BEAT_MS),
      setInterval(() => this.#second(), SECOND_MS),
    );
    const symbols = stream.settings.watched.length;
    const standby = config.cloud.gatewayStandby;
    log('info', 'started', { source, symbols, configVersion: configVersion(config), standby, url: this.url });
  }

  /** A clean stop: nothing more is taken, what is under way is waited for, the lease is given back. */
  async stop(): Promise<void> {
    const { gate, measuring, outbox, feeds } = this.#way;
    this.#forgetConfig();
    gate.close();
    measuring.stop();
    for (const timer of this.#timers) clearInterval(timer);
    const venues = VENUES.map((venue) => feeds[venue].stop());
    const [isDrained] = await Promise.all([outbox.close(DRAIN_MS), this.#watch.stop(), ...venues]);
    if (this.#keeper.epoch !== null) await this.#publishing.stop();
    if (!isDrained) this.#parts.log('warn', 'undrained', { message: 'a queue did not answer what was sent to it' });
    await this.#keeper.stop();
    await this.#monitor.close();
  }

  #lead(epoch: number): void {
    const { clock, log } = this.#parts;
    const { stream, gate } = this.#way;
    stream.joiner.epoch = epoch;
    gate.open(clock.now());
    this.#startFeeds();
    this.#watch.now();
    void this.#adopt().catch((error: unknown) => this.#failed(error));
    log('info', 'lease_taken', { epoch, message: 'this gateway sends' });
  }

  /** What the gateway before this one told and did not end goes on with this one. */
  async #adopt(): Promise<void> {
    this.#way.watch.adopt(await this.#parts.cloud.figures.openAlerts(), this.#parts.clock.now());
  }

  #second(): void {
    const { telemetry, account, watch } = this.#way;
    telemetry.sampleCpu();
    if (this.#keeper.epoch === null) return;
    telemetry.activity.lastCloseMs = account.books.lastCloseMs;
    watch.second(sampleOf(this.#figures()), () => (account.inventory.held.size === 0 ? null : account.portfolio()));
  }

  #follow(by: LeaseRecord | null): void {
    this.#way.gate.close();
    this.#way.outbox.clear();
    const message = 'another gateway sends now; this one waits';
    this.#parts.log('error', 'lease_lost', { message, by: by?.holder });
    this.#way.watch.fault('LEASE_LOST', message, this.#parts.clock.now());
  }

  #startFeeds(): void {
    if (this.#feedsOn) return;
    this.#feedsOn = true;
    for (const venue of VENUES) this.#way.feeds[venue].start();
  }

  async #viewed(view: InterestView, startedMs: number): Promise<void> {
    const { clock } = this.#parts;
    const { account, gate, oversight, stream } = this.#way;
    account.take(view);
    const held = this.#keeper.epoch;
    if (held !== null && view.epochs.gateway > held) this.#keeper.fenced();
    const isSame = view.epochs.configuration === this.#configEpoch && this.#isOwn(this.#deployment);
    gate.read(view, startedMs, isSame, clock.now());
    if (this.#keeper.epoch === null) return await account.refresh();
    this.#publishing.second();
    await oversight.second(view, stream.sequencer.nowMs);
  }

  /** Whether a deployment was made under the configuration that this process has. */
  #isOwn({ configVersion: version }: Deployment): boolean {
    return version === this.#way.stream.settings.configVersion;
  }

  #deployed(deployment: Deployment, epoch: number): void {
    const { symbols } = this.#way;
    const { list, instruments } = deployment;
    this.#deployment = deployment;
    this.#configEpoch = epoch;
    symbols.adopt({ config: symbols.config, list, instruments });
    this.#warn(deployment);
    this.#parts.log('info', 'universe_changed', { symbols: list.symbols.length, draining: list.draining, epoch });
    if (!this.#isOwn(deployment)) this.#tellForeign();
  }

  #warn(deployment: Deployment): void {
    this.#way.measuring.measured({ kind: 'warnings', symbols: warnedSymbols(deployment) });
    this.#tellWeights();
  }

  /** Measures that make no weights leave all equal. */
  #tellWeights(): void {
    for (const message of this.#way.stream.settings.weights.warnings) this.#parts.log('warn', 'weights', { message });
  }

  #tellForeign(): void {
    const message =
      'functions judge by another configuration than this gateway has: every tick is sent until they agree';
    this.#parts.log('warn', 'config_differs', { message });
  }

  /** Reads the configuration anew. A faulty one is told, all of its faults, and the one in force stays. */
  #reload(): void {
    const { configSource, log } = this.#parts;
    const { symbols } = this.#way;
    try {
      const { config, waiting } = hotChange(symbols.config, configSource!.load());
      this.#way.watch.configuration(null, this.#parts.clock.now());
      if (waiting.length > 0)
        log('warn', 'config', { message: `${waiting.join(', ')}: takes force at the next start` });
      if (config === symbols.config) return;
      const { list, instruments } = this.#deployment;
      symbols.adopt({ config, list, instruments });
      log('info', 'config_changed', { configVersion: configVersion(config) });
      this.#tellWeights();
      if (!this.#isOwn(this.#deployment)) this.#tellForeign();
    } catch (error) {
      const faults = error instanceof Error ? error.message : String(error);
      log('error', 'config_rejected', { message: `the configuration before it stays in force: ${faults}` });
      this.#way.watch.configuration(faults, this.#parts.clock.now());
    }
  }

  #beat(): void {
    const { clock, log } = this.#parts;
    tellJump(clock.check(), log);
    const nowMs = clock.now();
    if (this.#beatMs > 0) this.#way.telemetry.activity.beat(nowMs, Math.max(0, nowMs - this.#beatMs - BEAT_MS));
    this.#beatMs = nowMs;
    this.#way.stream.advanceTo(nowMs);
    this.#monitor.turned(nowMs);
  }

  #refused({ message: { symbol }, code, told }: SendFailure): void {
    this.#way.telemetry.error(code);
    this.#way.measuring.error();
    this.#parts.log('error', 'send_failed', { symbol, code, message: told });
    this.#way.watch.fault(code, told, this.#parts.clock.now());
  }

  #failed(error: unknown): void {
    const code = error instanceof TwinlegError ? error.code : 'INTERNAL';
    this.#way.telemetry.error(code);
    this.#way.measuring.error();
    const message = error instanceof Error ? error.message : String(error);
    this.#parts.log('error', 'failed', { code, message });
    this.#way.watch.fault(code, message, this.#parts.clock.now());
  }

  get #storeOk(): boolean {
    const { readAtMs } = this.#watch;
    return readAtMs !== null && this.#parts.clock.now() - readAtMs <= STORE_SILENT_MS;
  }

  #figures(): GatewayFigures {
    return {
      ...this.#parts,
      way: this.#way,
      epoch: this.#keeper.epoch,
      nowMs: this.#parts.clock.now(),
      startedMs: this.#startedMs,
      storeOk: this.#storeOk,
      url: this.url,
    };
  }

  #health() {
    const { failing } = this.#way.outbox;
    const { epoch } = this.#keeper;
    return {
      store: { ok: this.#storeOk, state: this.#storeOk ? 'open' : 'away' },
      queues: { ok: failing === 0, state: failing === 0 ? 'open' : `${failing} do not take what is sent` },
      lease: { ok: true, state: epoch === null ? 'waiting' : `leading, epoch ${epoch}` },
    };
  }
}
