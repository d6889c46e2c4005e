import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BinanceVenue } from './binance.ts';
import { type Coin, makeCoins } from './coins.ts';
import { FAULT_KINDS, type Fault, malformedFrames } from './faults.ts';
import { MarketModel, STEP_MS } from './model.ts';
import { playTape } from './tape.ts';
import { UpbitVenue } from './upbit.ts';

/** A standing fault without a duration lasts this long, ms. */
const DEFAULT_FAULT_MS = 5000;
const GRID_MS = 100;
/** The market stands still until somebody looks, so that its first bursts are seen. */
const BINANCE_FRAMES_PER_COIN = 8;
const UPBIT_FRAMES_PER_COIN = 4;

export interface SimulatorOptions {
  readonly seed?: number;
  /** Coins to list, by name; unknown names are made up. With `symbols` others are listed beside them, up to so many. */
  readonly coins?: readonly string[];
  readonly symbols?: number;
  readonly host?: string;
  readonly port?: number;
  /** Frames a second of both venues together; by default about twelve for each coin. */
  readonly rate?: number;
  readonly tape?: string;
  /** 1: in its own time; 0: as fast as the readers take it. */
  readonly speed?: number;
  readonly pingEveryMs?: number;
  readonly pongWithinMs?: number;
  readonly lifetimeMs?: number;
  readonly idleMs?: number;
}

export interface SimulatorUrls {
  readonly binance: { readonly wsUrl: string; readonly restUrl: string };
  readonly upbit: { readonly wsUrl: string; readonly restUrl: string };
  readonly controlUrl: string;
}

export interface Simulator {
  readonly urls: SimulatorUrls;
  /** Resolves when the tape was played to its end. */
  readonly tapeEnd: Promise<number>;
  fault(fault: Fault): { done: string };
  state(): object;
  close(): Promise<void>;
}

/** Both venues on loopback over one simulated market, or over a tape. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const coins = coinsOf(options);
  const model = new MarketModel(coins, options.seed ?? 1);
  const lifetimeMs = options.lifetimeMs ?? 86_400_000;
  const binance = new BinanceVenue(model, {
    pingEveryMs: options.pingEveryMs ?? 20_000,
    pongWithinMs: options.pongWithinMs ?? 60_000,
    lifetimeMs,
  });
  const upbit = new UpbitVenue(model, { idleMs: options.idleMs ?? 120_000, lifetimeMs });
  await binance.open(host, options.port ?? 0);
  await upbit.open(host, 0);
  const control = await openControl(
    host,
    (fault) => applyFault(fault, binance, upbit),
    () => state(),
  );
  const timers: NodeJS.Timeout[] = [];
  let closed = false;

  const tapeEnd = new Promise<number>((resolve, reject) => {
    if (options.tape === undefined) timers.push(...startMarket(model, binance, upbit, coins, options.rate));
    else {
      const { tape, speed = 1 } = options;
      const targets = {
        binance: (frame: string) => binance.sendRaw(frame),
        upbit: (frame: string) => upbit.sendRaw(frame),
      };
      const wait = setInterval(() => {
        if (!binance.subscribed || !upbit.subscribed) return;
        clearInterval(wait);
        playTape(tape, speed, targets, () => closed).then(resolve, reject);
      }, 20);
      timers.push(wait);
    }
  });

  function state() {
    const venue = ({ clients, framesSent, restCalls }: BinanceVenue | UpbitVenue) => ({
      connections: clients.size,
      framesSent,
      restCalls,
    });
    return { steps: model.steps, coins: coins.length, binance: venue(binance), upbit: venue(upbit) };
  }

  const address = (port: number) => `${host}:${port}`;
  return {
    urls: {
      binance: { wsUrl: `ws://${address(binance.server.port)}`, restUrl: `http://${address(binance.server.port)}` },
      upbit: { wsUrl: `ws://${address(upbit.server.port)}`, restUrl: `http://${address(upbit.server.port)}` },
      controlUrl: `http://${address(control.port)}`,
    },
    tapeEnd,
    fault: (fault) => applyFault(fault, binance, upbit),
    state,
    async close() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all([binance.server.close(), upbit.server.close(), control.close()]);
    },
  };
}

function coinsOf({ coins: names, symbols }: SimulatorOptions): Coin[] {
  if (names === undefined) return makeCoins(symbols ?? 60).slice(0, symbols ?? 60);
  const more = makeCoins(400);
  const named = names.map((name) => more.find((coin) => coin.name === name) ?? { ...more[40]!, name });
  // Beside the named ones others are listed; the market's bursts stay with the named.
  const others = makeCoins(symbols ?? 0).filter(({ name }) => symbols !== undefined && !names.includes(name));
  return [
    ...named,
    ...others.slice(0, Math.max(0, (symbols ?? 0) - named.length)).map((coin) => ({ ...coin, bursts: false })),
  ];
}

/** Moves the market and shows it: Binance all the time, Upbit on its grid; every coin comes round in turn. */
function startMarket(
  model: MarketModel,
  binance: BinanceVenue,
  upbit: UpbitVenue,
  coins: readonly Coin[],
  rate?: number,
): NodeJS.Timeout[] {
  const perSecond = rate ?? coins.length * (BINANCE_FRAMES_PER_COIN + UPBIT_FRAMES_PER_COIN);
  const share = BINANCE_FRAMES_PER_COIN / (BINANCE_FRAMES_PER_COIN + UPBIT_FRAMES_PER_COIN);
  const startedMs = performance.now();
  let idleMs = 0;
  let binanceDue = 0;
  let upbitDue = 0;
  let nextBinance = 0;
  let nextUpbit = 0;
  let grid = 0;
  let lastMs = startedMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (!binance.subscribed && !upbit.subscribed && model.steps === 0) {
      idleMs = nowMs - startedMs;
      lastMs = nowMs;
      return;
    }
    const elapsedMs = nowMs - startedMs - idleMs;
    // After a pause of the process the market goes on from where it stood.
    if (nowMs - lastMs > 2000) idleMs += nowMs - lastMs;
    while (model.steps * STEP_MS < elapsedMs && nowMs - lastMs <= 2000) model.step();
    binanceDue += (perSecond * share * Math.min(nowMs - lastMs, 200)) / 1000;
    lastMs = nowMs;
    for (; binanceDue >= 1; binanceDue--) binance.show(coins[nextBinance++ % coins.length]!.name);
    const cell = Math.floor(elapsedMs / GRID_MS);
    if (cell === grid) return;
    upbitDue += (perSecond * (1 - share) * Math.min(cell - grid, 3) * GRID_MS) / 1000;
    grid = cell;
    if (cell % 3 === 0) upbit.show('USDT');
    for (; upbitDue >= 1; upbitDue--) upbit.show(coins[nextUpbit++ % coins.length]!.name);
    binance.showDepths();
  }, STEP_MS);
  return [timer];
}

/** What the REST answers under a fault. */
const REST_STATUS: Partial<Record<Fault['kind'], number>> = { restDown: 503, restLimited: 429, restBanned: 418 };

/** Does what a fault says, and tells what was done. */
function applyFault(fault: Fault, binance: BinanceVenue, upbit: UpbitVenue): { done: string } {
  const venues = fault.venue === undefined ? [binance, upbit] : [fault.venue === 'binance' ? binance : upbit];
  const untilMs = Date.now() + (fault.durationMs ?? DEFAULT_FAULT_MS);
  const coin = fault.symbol ?? 'BTC';
  if (fault.kind === 'badFx') upbit.faults.badFx = true;
  for (const venue of venues) {
    const { faults } = venue;
    if (fault.kind === 'drop') venue.terminateAll();
    else if (fault.kind === 'refuseDials') faults.refuseUntilMs = untilMs;
    else if (fault.kind === 'hang') faults.hangUntilMs = untilMs;
    else if (fault.kind === 'pingsOnly') faults.pingsOnlyUntilMs = untilMs;
    else if (fault.kind === 'silentSymbol') faults.silent.set(coin, untilMs);
    else if (fault.kind === 'frozenBook') faults.frozen.set(coin, untilMs);
    else if (fault.kind === 'haltSymbol') faults.halted.set(coin, untilMs);
    else if (fault.kind === 'volume') faults.volumes.set(coin, fault.volumeUsdt ?? 0);
    else if (REST_STATUS[fault.kind] !== undefined) {
      const { retryAfterSeconds } = fault;
      const told = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      faults.rest = { status: REST_STATUS[fault.kind]!, untilMs, ...told };
    } else if (fault.kind === 'halve') faults.factors.set(coin, 0.5);
    else if (fault.kind === 'clear') faults.clear();
    else if (fault.kind === 'malformed') for (const frame of malformedFrames(fault.count ?? 11)) venue.sendRaw(frame);
    else if (fault.kind === 'serverShutdown') {
      if (venue === binance) binance.shutdown(fault.graceMs ?? 1000);
      else upbit.closeAll(fault.graceMs ?? 0);
    }
  }
  return { done: `${fault.kind} ${fault.venue ?? 'both'} ${fault.symbol ?? ''}`.trim() };
}

/** The simulator's own port: `POST /fault`, `GET /state`. */
async function openControl(host: string, fault: (fault: Fault) => object, state: () => object) {
  const server = createServer((request, response) => {
    const reply = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.method === 'GET' && request.url === '/state') return reply(200, state());
    if (request.method !== 'POST' || request.url !== '/fault')
      return reply(404, { error: 'POST /fault or GET /state' });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        const asked = JSON.parse(Buffer.concat(chunks).toString()) as Fault;
        if (FAULT_KINDS.includes(asked.kind)) reply(200, fault(asked));
        else reply(400, { error: `no such fault: ${asked.kind}`, kinds: FAULT_KINDS });
      } catch (error) {
        reply(400, { error: String(error) });
      }
    });
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
