import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** Allows so many events in any window of a length; the venues' limits are of this kind. */
export class RateLimit {
  readonly #most: number;
  readonly #windowMs: number;
  #times: number[] = [];

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Events of the window that ends with the last one. */
  get used(): number {
    return this.#times.length;
  }

  allows(nowMs: number): boolean {
    this.#times = this.#times.filter((time) => nowMs - time < this.#windowMs);
    this.#times.push(nowMs);
    return this.#times.length <= this.#most;
  }
}

/** Answers of a REST path: status, body and headers. */
export interface RestAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface VenueServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface VenueHandlers {
  /** A refusal's status line, or null to let the dial in. */
  refuse(request: IncomingMessage): string | null;
  connected(socket: WebSocket, url: URL): void;
  rest(url: URL): RestAnswer | null;
}

/** One venue's port on loopback: WebSocket upgrades and REST. */
export async function listen(host: string, port: number, handlers: VenueHandlers): Promise<VenueServer> {
  const sockets = new WebSocketServer({
    noServer: true,
    autoPong: false,
    perMessageDeflate: false,
    maxPayload: 1 << 20,
  });
  const server: Server = createServer((request, response) => answer(request, response, handlers));
  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    duplex.on('error', () => duplex.destroy());
    const refusal = handlers.refuse(request);
    if (refusal !== null) {
      duplex.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, duplex, head, (socket) => {
      socket.on('error', () => socket.terminate());
      handlers.connected(socket, urlOf(request));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://localhost');
}

function answer(request: IncomingMessage, response: ServerResponse, handlers: VenueHandlers): void {
  const {
    status = 200,
    body,
    headers = {},
  } = handlers.rest(urlOf(request)) ?? {
    status: 404,
    body: { error: { name: 'not_found', message: 'no Route matched with those values' } },
  };
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
