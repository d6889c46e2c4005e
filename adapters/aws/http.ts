import { Agent, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps, Agent as TlsAgent } from 'node:https';

export interface HttpLimits {
  /** Longest that a connection may take to come about, ms. */
  readonly connectMs: number;
  /** Longest that one request may take until its answer is read, ms. */
  readonly requestMs: number;
  /** Connections to one address at the same time. */
  readonly sockets: number;
}

/** A request as a client of AWS hands it over: all in memory, as those of JSON protocols are. */
interface Outgoing {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

interface Incoming {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** What is lost on the way: the answer may be all that is. */
const LOST = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Requests and answers of an AWS client over connections that stay open, each read as a whole. Where both are as short as
 * those of SQS and DynamoDB, the client's own streams and timers cost more than the work.
 */
export class ShortRequests {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #limits: HttpLimits;
  readonly #agent: Agent;
  readonly #tlsAgent: TlsAgent;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
    const options = { keepAlive: true, maxSockets: limits.sockets };
    this.#agent = new Agent(options);
    this.#tlsAgent = new TlsAgent(options);
  }

  /** Fails by `TimeoutError` where the answer was not there in time, or was lost. */
  handle(
    { protocol, hostname, port, method, path, headers, body }: Outgoing,
    { abortSignal }: { readonly abortSignal?: unknown } = {},
  ): Promise<{ response: Incoming }> {
    const { connectMs, requestMs } = this.#limits;
    const options = {
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port,
      method,
      path,
      headers,
      ...(abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}),
    };
    return new Promise((resolve, reject) => {
      const request =
        protocol === 'https:'
          ? overHttps({ ...options, agent: this.#tlsAgent })
          : overHttp({ ...options, agent: this.#agent });
      const late = (within: number) => request.destroy(timeout(`no answer within ${within} ms`));
      const timer = setTimeout(late, requestMs, requestMs);
      const failed = (error: Error) => {
        clearTimeout(timer);
        reject(LOST.has(String((error as { code?: unknown }).code)) ? timeout(error.message) : error);
      };
      request.on('error', failed);
      request.on('socket', (socket) => {
        if (!socket.connecting) return;
        const connecting = setTimeout(late, connectMs, connectMs);
        socket.once('connect', () => clearTimeout(connecting));
        socket.once('close', () => clearTimeout(connecting));
      });
      request.on('response', (answer: IncomingMessage) => {
        const chunks: Uint8Array[] = [];
        answer.on('data', (chunk: Uint8Array) => chunks.push(chunk));
        answer.on('error', failed);
        answer.on('end', () => {
          clearTimeout(timer);
          // Those that come more than once, cookies, are nothing to a client.
          const heads = answer.headers as Record<string, string>;
          const [first] = chunks;
          const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
          resolve({ response: { statusCode: answer.statusCode ?? 0, headers: heads, body: whole } });
        });
      });
      request.end(body);
    });
  }

  destroy(): void {
    this.#agent.destroy();
    this.#tlsAgent.destroy();
  }

  /** A client asks for these; nothing is to be changed later. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }
}

function timeout(message: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}
