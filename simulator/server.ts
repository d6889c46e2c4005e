import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Coin, knownCoin, madeUp, makeCoins } from './coins.ts';
import { FAULT_KINDS, type Fault, malformedFrames } from './faults.ts';
import { MarketModel, STEP_MS } from './model.ts';
import { type PlayedTape, playTape } from './tape.ts';
import { createVenues, type SimulatedVenue, VENUE_NAMES, type VenueName, type VenueOptions } from './venue.ts';

/** A standing fault without a duration lasts this long, ms. */
const DEFAULT_FAULT_MS = 5000;
const GRID_MS = 100;
/** The market stands still until somebody looks, so that its first bursts are seen. */
const BINANCE_FRAMES_PER_COIN = 8;
const UPBIT_FRAMES_PER_COIN = 4;

export interface SimulatorOptions extends VenueOptions {
  readonly seed?: number;
  /** Coins to list, by name; unknown names are made up. With `symbols` others are listed beside them, up to so many. */
  readonly coins?: readonly string[];
  readonly symbols?: number;
  /** `coins` that nobody knows are not listed, rather than made up. */
  readonly knownOnly?: boolean;
  readonly host?: string;
  readonly port?: number;
  /** Frames a second of both venues together; by default about twelve for each coin. */
  readonly rate?: number;
  readonly tape?: string;
  /** 1: in its own time; 0: as fast as the readers take it. */
  readonly speed?: number;
}

type Venues = Readonly<Record<VenueName, SimulatedVenue>>;

export interface SimulatorUrls
  extends Readonly<Record<VenueName, { readonly wsUrl: string; readonly restUrl: string }>> {
  readonly controlUrl: string;
}

export interface Simulator {
  readonly urls: SimulatorUrls;
  /** Resolves when the tape was played to its end. */
  readonly tapeEnd: Promise<PlayedTape>;
  fault(fault: Fault): { done: string };
  state(): object;
  close(): Promise<void>;
}

/** Both venues on loopback over one simulated market, or over a tape. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const coins = coinsOf(options);
  const model = new MarketModel(coins, options.seed ?? 1);
  const venues = createVenues(model, options);
  const all = Object.values(venues);
  for (const [i, venue] of all.entries()) await venue.open(host, i === 0 ? (options.port ?? 0) : 0);
  const control = await openControl(
    host,
    (fault) => applyFault(fault, venues),
    () => state(),
  );
  const timers: NodeJS.Timeout[] = [];
  let closed = false;

  const tapeEnd = new Promise<PlayedTape>((resolve, reject) => {
    if (options.tape === undefined) timers.push(startMarket(model, venues, coins, options.rate));
    else {
      const { tape, speed = 1 } = options;
      const wait = setInterval(() => {
        if (!all.every(({ subscribed }) => subscribed)) return;
        clearInterval(wait);
        playTape(tape, speed, venues, () => closed).then(resolve, reject);
      }, 20);
      timers.push(wait);
    }
  });

  function state() {
    const shown = byName(({ clients, framesSent, restCalls }) => ({
      connections: clients.size,
      framesSent,
      restCalls,
    }));
    return { steps: model.steps, coins: coins.length, ...shown };
  }

  function byName<T>(make: (venue: SimulatedVenue) => T): Record<VenueName, T> {
    return Object.fromEntries(VENUE_NAMES.map((name) => [name, make(venues[name])])) as Record<VenueName, T>;
  }

  const address = (port: number) => `${host}:${port}`;
  return {
    urls: {
      ...byName(({ server: { port } }) => ({ wsUrl: `ws://${address(port)}`, restUrl: `http://${address(port)}` })),
      controlUrl: `http://${address(control.port)}`,
    },
    tapeEnd,
    fault: (fault) => applyFault(fault, venues),
    state,
    async close() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all([...all.map(({ server }) => server.close()), control.close()]);
    },
  };
}

function coinsOf({ coins: names, symbols, knownOnly }: SimulatorOptions): Coin[] {
  if (names === undefined) return makeCoins(symbols ?? 60).slice(0, symbols ?? 60);
  const more = makeCoins(400);
  const named = names.flatMap((name) => knownCoin(name, more) ?? (knownOnly ? [] : madeUp(name, more)));
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
  { binance, upbit }: Venues,
  coins: readonly Coin[],
  rate?: number,
): NodeJS.Timeout {
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
  return setInterval(() => {
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
    binance.showGrid?.();
    upbit.showGrid?.();
  }, STEP_MS);
}

/** What the REST answers under a fault. */
const REST_STATUS: Partial<Record<Fault['kind'], number>> = { restDown: 503, restLimited: 429, restBanned: 418 };

/** Does what a fault says, and tells what was done. */
function applyFault(fault: Fault, all: Venues): { done: string } {
  const venues = fault.venue === undefined ? Object.values(all) : [all[fault.venue]];
  const untilMs = Date.now() + (fault.durationMs ?? DEFAULT_FAULT_MS);
  const coin = fault.symbol ?? 'BTC';
  if (fault.kind === 'badFx') all.upbit.faults.badFx = true;
  for (const venue of venues) {
    const { faults } = venue;
    if (fault.kind === 'drop') venue.terminateAll();
    else if (fault.kind === 'refuseDials') faults.refuseUntilMs = untilMs;
    else if (fault.kind === 'hang') faults.hangUntilMs = untilMs;
    else if (fault.kind === 'pingsOnly') faults.pingsOnlyUntilMs = untilMs;
    else if (fault.kind === 'twice') faults.twiceUntilMs = untilMs;
    else if (fault.kind === 'clock') faults.aheadMs = fault.aheadMs ?? 0;
    else if (fault.kind === 'silentSymbol') faults.silent.set(coin, untilMs);
    else if (fault.kind === 'frozenBook') faults.frozen.set(coin, untilMs);
    else if (fault.kind === 'haltSymbol') faults.halted.set(coin, untilMs);
    else if (fault.kind === 'volume') faults.volumes.set(coin, fault.volumeUsdt ?? 0);
    else if (REST_STATUS[fault.kind] !== undefined) {
      const { retryAfterSeconds } = fault;
      const told = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      faults.rest = { status: REST_STATUS[fault.kind]!, untilMs, ...told };
    } else if (fault.kind === 'halve') faults.factors.set(coin, fault.factor ?? 0.5);
    else if (fault.kind === 'clear') faults.clear();
    else if (fault.kind === 'malformed') for (const frame of malformedFrames(fault.count ?? 11)) venue.sendRaw(frame);
    else if (fault.kind === 'serverShutdown') venue.shutdown(fault.graceMs);
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
