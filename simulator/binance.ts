import type { WebSocket } from 'ws';
import { binanceRest } from './binance-rest.ts';
import { VenueFaults } from './faults.ts';
import { bookTicker, combined, depth } from './frames.ts';
import type { MarketModel } from './model.ts';
import { listen, RateLimit, type RestAnswer, type VenueServer } from './sockets.ts';

const MAX_STREAMS = 1024;
const WEIGHT_A_MINUTE = 6000;
const MESSAGES_A_SECOND = 5;

export interface BinanceOptions {
  readonly pingEveryMs: number;
  readonly pongWithinMs: number;
  readonly lifetimeMs: number;
}

interface Client {
  readonly socket: WebSocket;
  readonly streams: Set<string>;
  /** `/stream` wraps frames with their stream's name, `/ws` does not. */
  combined: boolean;
}

/** Binance's spot market streams and public REST, as far as anyone here uses them. */
export class BinanceVenue {
  readonly faults = new VenueFaults();
  readonly clients = new Set<Client>();
  framesSent = 0;
  restCalls = 0;
  server!: VenueServer;
  readonly #model: MarketModel;
  readonly #options: BinanceOptions;
  readonly #listed: ReadonlySet<string>;
  readonly #lastShown = new Map<string, string>();
  #updateId = 50_000_000_000;
  #minute = 0;
  #weight = 0;

  constructor(model: MarketModel, options: BinanceOptions) {
    this.#model = model;
    this.#options = options;
    this.#listed = new Set(model.coins.filter(({ onBinance }) => onBinance).map(({ name }) => name));
  }

  async open(host: string, port: number): Promise<void> {
    this.server = await listen(host, port, {
      refuse: () => (this.faults.refuseUntilMs > Date.now() ? '503 Service Unavailable' : null),
      connected: (socket, url) => this.#connected(socket, url),
      rest: (url) => this.#rest(url),
    });
  }

  #rest(url: URL): RestAnswer | null {
    this.restCalls++;
    const refusal = this.faults.restRefusal(Date.now());
    if (refusal !== null) return refusal;
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.#minute) this.#weight = 0;
    this.#minute = minute;
    const { weight, ...answer } = binanceRest(url, this.#model, this.#listed, this.faults);
    this.#weight += weight;
    const headers = { 'x-mbx-used-weight-1m': String(this.#weight) };
    if (this.#weight <= WEIGHT_A_MINUTE) return { ...answer, headers };
    const retryAfter = String(60 - (Math.floor(Date.now() / 1000) % 60));
    return {
      status: 429,
      body: { code: -1003, msg: 'Too many requests.' },
      headers: { ...headers, 'retry-after': retryAfter },
    };
  }

  get subscribed(): boolean {
    return [...this.clients].some(({ streams }) => streams.size > 0);
  }

  /** Shows a coin's best prices to all who subscribed to them. */
  show(coin: string): void {
    const nowMs = Date.now();
    const { faults } = this;
    if (this.clients.size === 0 || !this.#listed.has(coin) || faults.isMute(nowMs) || faults.isSilent(coin, nowMs))
      return;
    const stream = `${coin.toLowerCase()}usdt@bookTicker`;
    let data: string | undefined;
    for (const client of this.clients) {
      if (!client.streams.has(stream)) continue;
      data ??= this.#ticker(coin, nowMs);
      this.#send(client, client.combined ? combined(stream, data) : data);
    }
  }

  /** Shows five levels of every coin that somebody subscribed to; called each 100 ms. */
  showGrid(): void {
    const nowMs = Date.now();
    if (this.faults.isMute(nowMs)) return;
    for (const client of this.clients) {
      for (const stream of client.streams) {
        const coin = /^([a-z0-9]+)usdt@depth5(@100ms)?$/.exec(stream)?.[1]?.toUpperCase();
        if (coin === undefined || !this.#listed.has(coin) || this.faults.isSilent(coin, nowMs)) continue;
        const data = depth(++this.#updateId, this.#model.binanceBook(coin, this.faults.factors.get(coin)));
        this.#send(client, client.combined ? combined(stream, data) : data);
      }
    }
  }

  /** Sends a frame as it is: of a tape, or a broken one. */
  sendRaw(frame: string | Buffer): boolean {
    let drained = true;
    for (const client of this.clients) {
      this.framesSent++;
      client.socket.send(frame, { binary: typeof frame !== 'string' });
      if (client.socket.bufferedAmount > 1 << 20) drained = false;
    }
    return drained;
  }

  terminateAll(): void {
    for (const { socket } of this.clients) socket.terminate();
  }

  /** Announces the end of every connection, then ends them. */
  shutdown(graceMs = 1000): void {
    for (const client of this.clients) {
      const notice = `{"e":"serverShutdown","E":${Date.now()}}`;
      client.socket.send(client.combined ? combined('!serverShutdown', notice) : notice);
      setTimeout(() => client.socket.close(1001), graceMs).unref();
    }
  }

  #ticker(coin: string, nowMs: number): string {
    const last = this.#lastShown.get(coin);
    if (last !== undefined && this.faults.isFrozen(coin, nowMs)) return last;
    const shown = bookTicker(coin, ++this.#updateId, this.#model.binanceBook(coin, this.faults.factors.get(coin)));
    this.#lastShown.set(coin, shown);
    return shown;
  }

  #send(client: Client, frame: string): void {
    this.framesSent++;
    for (let i = this.faults.times(Date.now()); i > 0; i--) client.socket.send(frame);
  }

  #connected(socket: WebSocket, url: URL): void {
    const raw = /^\/ws\/?(.*)$/.exec(url.pathname);
    const asked = raw === null ? (url.searchParams.get('streams') ?? '').split('/') : [raw[1] ?? ''];
    const client: Client = { socket, streams: new Set(asked.filter((name) => name !== '')), combined: raw === null };
    this.clients.add(client);
    const limit = new RateLimit(MESSAGES_A_SECOND, 1000);
    let pongDue = Number.POSITIVE_INFINITY;
    const ping = setInterval(() => {
      if (this.faults.hangUntilMs > Date.now()) return;
      if (Date.now() > pongDue) socket.terminate();
      else {
        pongDue = Math.min(pongDue, Date.now() + this.#options.pongWithinMs);
        socket.ping(String(Date.now()));
      }
    }, this.#options.pingEveryMs);
    const end = setTimeout(() => socket.close(1001), this.#options.lifetimeMs);
    socket.on('pong', () => {
      pongDue = Number.POSITIVE_INFINITY;
    });
    socket.on('ping', (data) => {
      if (!limit.allows(Date.now())) socket.close(1008, 'too many messages');
      else if (this.faults.hangUntilMs <= Date.now()) socket.pong(data);
    });
    socket.on('message', (data) => {
      if (!limit.allows(Date.now())) socket.close(1008, 'too many messages');
      else if (this.faults.hangUntilMs <= Date.now()) socket.send(JSON.stringify(control(client, String(data))));
    });
    socket.on('close', () => {
      clearInterval(ping);
      clearTimeout(end);
      this.clients.delete(client);
    });
    if (client.streams.size > MAX_STREAMS) socket.close(1008, 'too many streams');
    for (const stream of client.streams) this.show(coinOf(stream));
  }
}

/** The answer to a control message, after doing it. */
function control(client: Client, text: string): object {
  let message: { method?: unknown; params?: unknown; id?: unknown };
  try {
    message = JSON.parse(text);
  } catch {
    return { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' };
  }
  const id = message.id ?? null;
  const params = Array.isArray(message.params) ? message.params.map(String) : [];
  switch (message.method) {
    case 'SUBSCRIBE':
      if (client.streams.size + params.length > MAX_STREAMS)
        return { code: 2, msg: 'Invalid request: too many streams', id };
      for (const name of params) client.streams.add(name);
      return { result: null, id };
    case 'UNSUBSCRIBE':
      for (const name of params) client.streams.delete(name);
      return { result: null, id };
    case 'LIST_SUBSCRIPTIONS':
      return { result: [...client.streams], id };
    case 'SET_PROPERTY':
      if (params[0] !== 'combined') return { code: 0, msg: 'Unknown property', id };
      client.combined = (message.params as unknown[])[1] === true;
      return { result: null, id };
    default:
      return {
        code: 2,
        msg: `Invalid request: unknown variant \`${String(message.method)}\`, expected one of \`SUBSCRIBE\`, \`UNSUBSCRIBE\`, …`,
      };
  }
}

function coinOf(stream: string): string {
  return stream.split('@')[0]!.replace(/usdt$/, '').toUpperCase();
}
