import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsReading } from '#adapters/metrics/prometheus.ts';
import { TwinlegError } from '#core/errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What was posted: its text, and the header that says by whom. */
export interface Posted {
  readonly body: string;
  readonly authorization: string | undefined;
}

type Answer = HttpAnswer | Promise<HttpAnswer>;

/** What a path answers to GET, or to POST alone. */
export type Routes = Readonly<Record<string, (() => Answer) | { readonly post: (posted: Posted) => Answer }>>;

/** Longest body that is read, bytes. */
const MOST_BYTES = 1_000_000;

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value, null, 2)}\n` };
}

/** The page that Prometheus reads. */
export async function metricsAnswer(reading: MetricsReading): Promise<HttpAnswer> {
  return { status: 200, contentType: reading.contentType, body: await reading.page() };
}

/**
 * Serves GET, and POST where a path takes it, on a host and port; port 0 takes a free one.
 *
 * @throws TwinlegError `PORT_IN_USE`, `PORT_DENIED` or `HOST_UNKNOWN`
 */
export async function listenHttp(host: string, port: number, routes: Routes): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(request, routes)
      .catch((error: unknown) => jsonAnswer(500, { error: error instanceof Error ? error.message : String(error) }))
      .then((result) => send(response, request, result));
  });
  server.headersTimeout = server.requestTimeout = 10_000;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw listenError(host, port, cause);
  }
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, routes: Routes): Promise<HttpAnswer> {
  const path = (request.url ?? '/').split('?', 1)[0]!;
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return jsonAnswer(404, { error: `no such page: ${path}`, pages: Object.keys(routes) });
  if (typeof route === 'object') {
    if (request.method !== 'POST') return jsonAnswer(405, { error: 'only POST' });
    const body = await readBody(request);
    if (body === null) return jsonAnswer(413, { error: 'too long' });
    return route.post({ body, authorization: request.headers.authorization });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return jsonAnswer(405, { error: 'only GET' });
  return route();
}

/** The whole body; null where it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, request: IncomingMessage, { status, contentType, body }: HttpAnswer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function listenError(host: string, port: number, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new TwinlegError(
      'PORT_IN_USE',
      `port ${port} on ${host} is in use`,
      'stop what listens there, or choose another with --port N (0 takes a free one)',
      { cause },
    );
  }
  if (code === 'EACCES')
    return new TwinlegError('PORT_DENIED', `port ${port} on ${host} needs more rights`, 'choose one above 1023', {
      cause,
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new TwinlegError('HOST_UNKNOWN', `${host} is no address of this machine`, 'set server.host to 127.0.0.1', {
      cause,
    });
  }
  return cause;
}
