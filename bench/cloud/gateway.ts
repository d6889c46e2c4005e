import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createUniverseReader } from '#adapters/universe/reader.ts';
import { configOf } from '../../test/support/backtest.ts';
import { EMULATORS, type Emulator } from '../../test/support/emulators/emulators.ts';
import { GatewayProcess } from '../../test/support/gateway-process.ts';
import { gatewaySettings, openGatewayStage } from '../../test/support/gateway-stage.ts';
import { atLeast, below, type Figure, plain } from '../report.ts';
import { holdToQuota } from './cpu-quota.ts';
import { startMarket } from './market.ts';

const DOCKERFILE = fileURLToPath(new URL('../../stream-gateway/Dockerfile', import.meta.url));
const BUNDLER = fileURLToPath(new URL('../../scripts/bundle.ts', import.meta.url));
/** Until every symbol is known to be flat: retention and the longest invocation, and some room. */
const SETTLE_MS = 85_000;
const SECONDS = 30;

interface GatewayLoad {
  readonly symbols: number;
  readonly framesPerSecond: number;
  /** Share of a core that the process is held to; null: as much as it wants. */
  readonly quota: number | null;
  /** Whether coins cross the threshold now and then. */
  readonly lively: boolean;
  readonly cpuPercent: number | null;
}

const QUIET: GatewayLoad = { symbols: 100, framesPerSecond: 5000, quota: null, lively: false, cpuPercent: 25 };
const QUOTA: GatewayLoad = { symbols: 20, framesPerSecond: 1000, quota: 0.25, lively: false, cpuPercent: 25 };
const LIVELY: GatewayLoad = { symbols: 20, framesPerSecond: 1000, quota: null, lively: true, cpuPercent: null };
const MEMORY_MB = 150;
const KEPT_OUT = 0.95;

/** The gateway as its container starts it, between the simulator in another process and MiniStack in a third. */
export async function benchGateway(): Promise<Figure[]> {
  const bundle = mkdtempSync(join(tmpdir(), 'twinleg-gateway-'));
  execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', BUNDLER, 'gateway', bundle]);
  const emulator = await EMULATORS.ministack.start();
  try {
    const figures: Figure[] = [];
    for (const [i, load] of [QUIET, QUOTA, LIVELY].entries())
      figures.push(...(await measure(load, i, emulator, join(bundle, 'main.mjs'))));
    return figures;
  } finally {
    await emulator.stop();
    rmSync(bundle, { recursive: true });
  }
}

async function measure(load: GatewayLoad, number: number, emulator: Emulator, main: string): Promise<Figure[]> {
  const { symbols: count, framesPerSecond, quota, lively, cpuPercent } = load;
  const { simulator, symbols } = await startMarket(count, framesPerSecond, lively);
  const config = configOf({
    universe: { symbols },
    cloud: { stage: `bench${number}`, queueLayout: 'sharded' },
  });
  const { instrument } = await createUniverseReader(simulator.venues).read(config.universe);
  const instruments = config.universe.symbols.flatMap((symbol) => instrument(symbol) ?? []);
  await openGatewayStage(emulator, config, instruments);
  const env = { ...emulator.env, ...containerEnv() };
  const gateway = new GatewayProcess(gatewaySettings(config, simulator.venues), env, main);
  let release: (() => void) | null = null;
  try {
    await gateway.saying('lease_taken');
    if (quota !== null) release = holdToQuota(gateway.child.pid!, quota);
    await sleep(SETTLE_MS);
    const before = await reading(gateway);
    await sleep(SECONDS * 1000);
    const after = await reading(gateway);
    const told = (text: string) => {
      const held = quota === null ? '' : release === null ? ' (no quota can be set here)' : `, quota ${quota} core`;
      return `${count} symbols, ${framesPerSecond} frames/s${lively ? ', lively' : ''}${held}: ${text}`;
    };
    const sent = after.sent - before.sent;
    const kept = after.filtered - before.filtered;
    const conflated = after.conflated - before.conflated;
    const lost = after.lost - before.lost;
    const share = kept / Math.max(1, kept + sent + conflated + lost);
    const cpu = (100 * (after.cpuSeconds - before.cpuSeconds)) / (after.atSeconds - before.atSeconds);
    return [
      plain(told('frames'), (after.frames - before.frames) / (after.atSeconds - before.atSeconds), '/s'),
      cpuPercent === null ? plain(told('CPU'), cpu, '% of core') : below(told('CPU'), cpu, '% of core', cpuPercent),
      below(told('memory'), after.memoryMb, 'MB', MEMORY_MB),
      plain(told('sent'), sent / SECONDS, '/s'),
      lively
        ? plain(told('kept from the queue'), share, 'share')
        : atLeast(told('kept from the queue'), share, 'share', KEPT_OUT),
      below(told('reconnects and stale feeds'), after.troubles - before.troubles, '', 1),
      // While a symbol's tick is under way newer ones take each other's place: on purpose where one may have entered.
      lively
        ? plain(told('gave way to a newer tick of the symbol'), conflated, '')
        : below(told('gave way to a newer tick of the symbol'), conflated, '', 1),
      below(told('too old or refused by the queue'), lost, '', 1),
    ];
  } finally {
    await gateway.stop();
    release?.();
    await simulator.stop();
  }
}

/** What the container sets for its process: variables, and the flags of its command. */
function containerEnv(): Record<string, string> {
  const text = readFileSync(DOCKERFILE, 'utf8');
  const variables = [...text.matchAll(/^ENV (.+)$/gm)].flatMap(([, line]) =>
    line!.split(' ').map((pair) => pair.split('=') as [string, string]),
  );
  const command = JSON.parse(/^CMD (\[.+\])$/m.exec(text)![1]!) as string[];
  return { ...Object.fromEntries(variables), NODE_OPTIONS: command.filter((word) => word.startsWith('--')).join(' ') };
}

async function reading(gateway: GatewayProcess) {
  const metric = (name: string) => gateway.metric(name);
  const troubles = ['disconnected', 'stale', 'dialFailed'].map((event) =>
    metric(`ws_events_total{venue="upbit",event="${event}"}`),
  );
  const filtered = (why: string) => metric(`ticks_filtered_total{reason="${why}"}`);
  const sum = async (values: Promise<number>[]) => (await Promise.all(values)).reduce((a, b) => a + b, 0);
  return {
    atSeconds: performance.now() / 1000,
    frames: await metric('loop_latency_seconds_count'),
    filtered: await filtered('not_interesting'),
    conflated: await filtered('conflated'),
    lost: await sum([filtered('too_old'), filtered('queue_failed')]),
    sent: await metric('ticks_sent_total'),
    troubles: await sum(troubles),
    memoryMb: (await metric('memory_usage_bytes')) / 1e6,
    cpuSeconds: gateway.cpuSeconds(),
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
