import type { WebSocket } from 'ws';
import { VenueFaults } from './faults.ts';
import { orderbook } from './frames.ts';
import type { MarketModel, ShownBook } from './model.ts';
import { listen, RateLimit, type RestAnswer, type VenueServer } from './sockets.ts';
import { upbitRest } from './upbit-rest.ts';

const DIALS_A_SECOND = 5;
const MESSAGES_A_SECOND = 5;
const QUOTATIONS_A_SECOND = 10;
const STATUS_EVERY_MS = 10_000;
const LEVELS = 5;

export interface UpbitOptions {
  /** A connection that says nothing for this long is dropped. */
  readonly idleMs: number;
  readonly lifetimeMs: number;
}

interface Client {
  readonly socket: WebSocket;
  codes: ReadonlyMap<string, number>;
}

/** Upbit's order book stream and public REST, as far as anyone here uses them. */
export class UpbitVenue {
  readonly faults = new VenueFaults();
  readonly clients = new Set<Client>();
  framesSent = 0;
  restCalls = 0;
  server!: VenueServer;
  readonly #model: MarketModel;
  readonly #options: UpbitOptions;
  readonly #listed: ReadonlySet<string>;
  readonly #lastShown = new Map<string, ShownBook>();
  readonly #quotations = new Map<string, RateLimit>();
  readonly #dials = new RateLimit(DIALS_A_SECOND, 1000);

  constructor(model: MarketModel, options: UpbitOptions) {
    this.#model = model;
    this.#options = options;
    this.#listed = new Set(['USDT', ...model.coins.filter(({ onUpbit }) => onUpbit).map(({ name }) => name)]);
  }

  async open(host: string, port: number): Promise<void> {
    this.server = await listen(host, port, {
      refuse: () => {
        if (this.faults.refuseUntilMs > Date.now()) return '503 Service Unavailable';
        return this.#dials.allows(Date.now()) ? null : '429 Too Many Requests';
      },
      connected: (socket, url) => {
        if (url.pathname === '/websocket/v1') this.#connected(socket);
        else socket.close(1008);
      },
      rest: (url) => this.#rest(url),
    });
  }

  #rest(url: URL): RestAnswer | null {
    this.restCalls++;
    const refusal = this.faults.restRefusal(Date.now());
    if (refusal !== null) return refusal;
    const group = url.pathname;
    const limit = this.#quotations.get(group) ?? new RateLimit(QUOTATIONS_A_SECOND, 1000);
    this.#quotations.set(group, limit);
    if (!limit.allows(Date.now())) return { status: 429, body: { name: 'too_many_requests' } };
    const answer = upbitRest(url, this.#model, this.#listed, this.faults);
    const left = QUOTATIONS_A_SECOND - limit.used;
    return answer && { ...answer, headers: { 'remaining-req': `group=${group.slice(4)}; min=600; sec=${left}` } };
  }

  get subscribed(): boolean {
    return [...this.clients].some(({ codes }) => codes.size > 0);
  }

  /** Shows a coin's book to all who asked for it; `USDT` is the won rate. */
  show(coin: string, streamType: 'SNAPSHOT' | 'REALTIME' = 'REALTIME', only?: Client): void {
    const nowMs = Date.now();
    if (
      this.clients.size === 0 ||
      !this.#listed.has(coin) ||
      this.faults.isMute(nowMs) ||
      this.faults.isSilent(coin, nowMs)
    )
      return;
    const code = `KRW-${coin}`;
    const frames = new Map<number, Buffer>();
    let book: ShownBook | undefined;
    for (const client of only === undefined ? this.clients : [only]) {
      const depth = client.codes.get(code);
      if (depth === undefined) continue;
      book ??= this.#book(coin, nowMs);
      const levels = Math.min(depth, LEVELS);
      const frame = frames.get(levels) ?? Buffer.from(orderbook(code, nowMs, book, levels, streamType));
      frames.set(levels, frame);
      this.framesSent++;
      client.socket.send(frame, { binary: true });
    }
  }

  /** Sends a frame as it is: of a tape, or a broken one. Always with the binary opcode, as the venue does. */
  sendRaw(frame: string | Buffer): boolean {
    let drained = true;
    for (const { socket } of this.clients) {
      this.framesSent++;
      socket.send(Buffer.from(frame), { binary: true });
      if (socket.bufferedAmount > 1 << 20) drained = false;
    }
    return drained;
  }

  terminateAll(): void {
    for (const { socket } of this.clients) socket.terminate();
  }

  shutdown(graceMs = 0): void {
    for (const { socket } of this.clients) setTimeout(() => socket.close(1001), graceMs).unref();
  }

  #book(coin: string, nowMs: number): ShownBook {
    const last = this.#lastShown.get(coin);
    if (last !== undefined && this.faults.isFrozen(coin, nowMs)) return last;
    const book = coin === 'USDT' ? this.#fxBook() : this.#model.upbitBook(coin, this.faults.factors.get(coin));
    this.#lastShown.set(coin, book);
    return book;
  }

  #fxBook(): ShownBook {
    if (!this.faults.badFx) return this.#model.fxBook();
    this.faults.badFx = false;
    return this.#model.fxBook(0.9);
  }

  #connected(socket: WebSocket): void {
    const client: Client = { socket, codes: new Map() };
    this.clients.add(client);
    const limit = new RateLimit(MESSAGES_A_SECOND, 1000);
    let status: NodeJS.Timeout | undefined;
    let idle = setTimeout(() => socket.terminate(), this.#options.idleMs);
    const end = setTimeout(() => socket.close(1001), this.#options.lifetimeMs);
    const heard = () => {
      clearTimeout(idle);
      idle = setTimeout(() => socket.terminate(), this.#options.idleMs);
    };
    const sendStatus = () => {
      if (this.faults.hangUntilMs <= Date.now()) socket.send(Buffer.from('{"status":"UP"}'), { binary: true });
    };
    socket.on('ping', (data) => {
      heard();
      if (this.faults.hangUntilMs <= Date.now()) socket.pong(data);
    });
    socket.on('message', (data) => {
      heard();
      const text = String(data);
      if (!limit.allows(Date.now())) socket.close(1008, 'too many messages');
      else if (text === 'PING') {
        sendStatus();
        status ??= setInterval(sendStatus, STATUS_EVERY_MS);
      } else this.#request(client, text);
    });
    socket.on('close', () => {
      clearTimeout(idle);
      clearTimeout(end);
      clearInterval(status);
      this.clients.delete(client);
    });
  }

  /** Takes a request for order books; another one replaces it, a wrong one ends the connection. */
  #request(client: Client, text: string): void {
    const asked = readRequest(text);
    if ('name' in asked) {
      client.socket.send(Buffer.from(JSON.stringify({ error: asked })), { binary: true });
      setTimeout(() => client.socket.close(1000), 150).unref();
      return;
    }
    client.codes = new Map(asked.codes.map((code) => [code.split('.')[0]!, depthOf(code)]));
    if (asked.onlyRealtime) return;
    for (const code of client.codes.keys()) this.show(code.replace('KRW-', ''), 'SNAPSHOT', client);
  }
}

type Asked = { codes: string[]; onlyRealtime: boolean } | { name: string; message: string };

function readRequest(text: string): Asked {
  const wrongFormat = { name: 'WRONG_FORMAT', message: 'Format 이 맞지 않습니다.' };
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return wrongFormat;
  }
  if (!Array.isArray(parts)) return wrongFormat;
  const field = (name: string) => parts.find((part) => typeof part === 'object' && part !== null && name in part);
  if (field('ticket') === undefined)
    return { name: 'NO_TICKET', message: '티켓이 존재하지 않거나, 유효하지 않습니다.' };
  const type = field('type');
  if (type === undefined) return { name: 'NO_TYPE', message: '타입이 존재하지 않습니다.' };
  if (type.type !== 'orderbook') return { name: 'INVALID_PARAM', message: `${type.type} 은 지원하지 않는 타입입니다.` };
  if (!Array.isArray(type.codes) || type.codes.length === 0)
    return { name: 'NO_CODES', message: 'Code 가 존재하지 않습니다.' };
  return { codes: type.codes.map(String), onlyRealtime: type.is_only_realtime === true };
}

/** The depth that a code asks for by its suffix; anything unusual means 30. */
function depthOf(code: string): number {
  const suffix = Number(code.split('.')[1]);
  return [1, 5, 15, 30].includes(suffix) ? suffix : 30;
}
