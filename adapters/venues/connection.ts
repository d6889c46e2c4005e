import WebSocket from 'ws';
import type { FeedTiming, VenueProtocol } from './feed.ts';

/** Stands in the outbox for a change of symbols. */
const CHANGE = Symbol('change');
const CHECK_MS = 100;
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
/** A connection counts as silent after this many usual gaps. */
const SILENT_GAPS = 20;
/** Before frames tell otherwise the usual gap is taken to be this, ms, as if so many frames had shown it. */
const FIRST_GAP_MS = 250;
const FIRST_GAP_FRAMES = 10;
/** Weight of the newest gap once the usual one is known. */
const GAP_WEIGHT = 0.02;

export interface ConnectionHandlers {
  opened(connection: Connection): void;
  frame(connection: Connection, frame: Buffer, kind: ReturnType<VenueProtocol['classify']>): void;
  /** The first data came: it may take over. */
  ready(connection: Connection): void;
  /** A pong came, so long after its ping. */
  alive(connection: Connection, roundTripMs: number): void;
  /** No data for too long: whoever owns it decides. */
  silent(connection: Connection, forMs: number): void;
  /** Old enough to be renewed. Told once. */
  aged(connection: Connection): void;
  ended(connection: Connection, reason: string): void;
}

export interface ConnectionOptions {
  readonly protocol: VenueProtocol;
  readonly url: string;
  readonly symbols: readonly string[];
  readonly clock: () => number;
  readonly timing: FeedTiming;
  /** Factor on the silence that is borne. */
  readonly patience: number;
}

/** One socket from its dial to its end, watched for silence. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #handlers: ConnectionHandlers;
  readonly #socket: WebSocket;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Messages to send; a change of symbols is put in words when its turn comes. */
  readonly #outbox: (string | typeof CHANGE)[] = [];
  /** What is wanted, and what the venue has been asked for. */
  #symbols: readonly string[];
  #asked: readonly string[];
  #openedMs = -1;
  #lastDataMs = -1;
  #meanGapMs = FIRST_GAP_MS;
  #gaps = FIRST_GAP_FRAMES;
  #awaitingPong = false;
  #pingedMs = 0;
  #aged = false;
  #ended = false;
  lastFrameMs = -1;

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#symbols = this.#asked = options.symbols;
    const { timing, url } = options;
    // Without an Origin header: Upbit limits dials that carry one far more.
    this.#socket = new WebSocket(url, {
      handshakeTimeout: timing.handshakeMs,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      skipUTF8Validation: true,
    });
    this.#socket.on('open', () => this.#open());
    this.#socket.on('message', (data) => this.#message(data as Buffer));
    this.#socket.on('pong', () => {
      if (!this.#awaitingPong) return;
      this.#awaitingPong = false;
      handlers.alive(this, performance.now() - this.#pingedMs);
    });
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', (code, reason) => this.#end(`closed ${code} ${reason}`.trim()));
  }

  get isReady(): boolean {
    return this.#lastDataMs >= 0 && !this.#ended;
  }

  get isOpen(): boolean {
    return this.#openedMs >= 0 && !this.#ended;
  }

  /** How long it has been open, ms. */
  get ageMs(): number {
    return this.#openedMs < 0 ? 0 : this.#options.clock() - this.#openedMs;
  }

  setSymbols(symbols: readonly string[]): void {
    this.#symbols = symbols;
    if (this.isOpen) this.#sendChange();
  }

  /** Ends it without a word to its owner. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTimers();
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {});
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    const socket = this.#socket;
    setTimeout(() => socket.terminate(), 200).unref();
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
  }

  #open(): void {
    const { protocol, clock, timing } = this.#options;
    this.#openedMs = clock();
    // What came in between the dial and now was asked for by the address; the rest is asked for here.
    this.#send(protocol.greet(this.#asked));
    if (this.#symbols !== this.#asked) this.#sendChange();
    this.#every(CHECK_MS, () => this.#check());
    this.#every(timing.pingEveryMs, () => this.#ping());
    const { keepAlive } = protocol;
    if (keepAlive !== null) {
      this.#send([keepAlive.text]);
      this.#every(keepAlive.everyMs, () => this.#send([keepAlive.text]));
    }
    this.#handlers.opened(this);
  }

  #message(frame: Buffer): void {
    const nowMs = this.#options.clock();
    const kind = this.#options.protocol.classify(frame);
    this.lastFrameMs = nowMs;
    if (kind === 'data') {
      const first = this.#lastDataMs < 0;
      const weight = Math.max(GAP_WEIGHT, 1 / ++this.#gaps);
      if (!first) this.#meanGapMs += (nowMs - this.#lastDataMs - this.#meanGapMs) * weight;
      this.#lastDataMs = nowMs;
      if (first) this.#handlers.ready(this);
    }
    this.#handlers.frame(this, frame, kind);
  }

  #check(): void {
    const { clock, timing, patience } = this.#options;
    const nowMs = clock();
    if (this.ageMs > timing.renewAfterMs && !this.#aged) {
      this.#aged = true;
      this.#handlers.aged(this);
    }
    const heardMs = Math.max(this.#lastDataMs, this.#openedMs);
    const usualMs = Math.max(timing.minSilenceMs, SILENT_GAPS * this.#meanGapMs);
    const limitMs = this.#lastDataMs < 0 ? timing.firstDataMs : Math.min(timing.maxSilenceMs, usualMs * patience);
    if (nowMs - heardMs > limitMs) this.#handlers.silent(this, nowMs - heardMs);
  }

  /** A ping that the one before was not answered to, and no data since: the line is dead. */
  #ping(): void {
    const { clock, timing } = this.#options;
    const quietMs = clock() - this.lastFrameMs;
    if (this.#awaitingPong && quietMs > timing.pingEveryMs) {
      this.#handlers.silent(this, quietMs);
      return;
    }
    // Its age is what counts, so one that is still awaited is not asked for again.
    if (!this.#awaitingPong) this.#pingedMs = performance.now();
    this.#awaitingPong = true;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  /** Changes that come faster than messages may leave become one, which leaves next. */
  #sendChange(): void {
    if (this.#outbox.includes(CHANGE)) return;
    // The first of the outbox has left already and waits for its gap to pass.
    if (this.#outbox.length === 0) this.#send([CHANGE]);
    else this.#outbox.splice(1, 0, CHANGE);
  }

  /** Sends messages one after another, spaced as the venue's limit asks. */
  #send(messages: readonly (string | typeof CHANGE)[]): void {
    const idle = this.#outbox.length === 0;
    this.#outbox.push(...messages);
    if (idle) this.#sendNext();
  }

  #sendNext(): void {
    if (this.#outbox[0] === CHANGE) {
      this.#outbox.splice(0, 1, ...this.#options.protocol.change(this.#asked, this.#symbols));
      this.#asked = this.#symbols;
    }
    const message = this.#outbox[0] as string | undefined;
    if (message === undefined || this.#ended) return;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#outbox.shift();
      this.#sendNext();
    }, this.#options.protocol.messageGapMs);
    this.#timers.add(timer);
  }

  #every(ms: number, run: () => void): void {
    this.#timers.add(setInterval(run, ms));
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTimers();
    this.#socket.terminate();
    this.#handlers.ended(this, reason);
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
  }
}
