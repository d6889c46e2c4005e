import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Lambda's side of the runtime interface: hands events to the runtime client that asks, and takes its answers. */
export interface RuntimeApi {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** What the runtime said could not begin, if anything. */
  readonly initErrors: readonly string[];
  /** One invocation; rejects with what the function threw. */
  invoke(event: unknown, name: string): Promise<unknown>;
  close(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly name: string;
  readonly body: string;
  readonly settle: (answer: { readonly failed: boolean; readonly body: string }) => void;
}

const TIMEOUT_MS = 30_000;

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const running = new Map<string, Invocation>();
  const idle: ServerResponse[] = [];
  const initErrors: string[] = [];
  let count = 0;

  function hand(): void {
    while (waiting.length > 0 && idle.length > 0) {
      const invocation = waiting.shift()!;
      running.set(invocation.id, invocation);
      idle
        .shift()!
        .writeHead(200, {
          'content-type': 'application/json',
          'lambda-runtime-aws-request-id': invocation.id,
          'lambda-runtime-deadline-ms': String(Date.now() + TIMEOUT_MS),
          'lambda-runtime-invoked-function-arn': `arn:aws:lambda:ap-northeast-2:000000000000:function:${invocation.name}`,
        })
        .end(invocation.body);
    }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const [, id = '', what = ''] = /\/runtime\/(?:invocation|init)\/?([^/]*)\/?(\w*)$/.exec(request.url ?? '') ?? [];
      if (id === 'next') {
        idle.push(response);
        hand();
        return;
      }
      const body = Buffer.concat(chunks).toString();
      if (id === 'error') initErrors.push(body);
      running.get(id)?.settle({ failed: what === 'error', body });
      running.delete(id);
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    initErrors,
    invoke: (event, name) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${name} did not answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
        const settle: Invocation['settle'] = ({ failed, body }) => {
          clearTimeout(late);
          if (failed) reject(new Error(body));
          else resolve(JSON.parse(body === '' ? 'null' : body));
        };
        waiting.push({
          id: `00000000-0000-4000-8000-${String(count++).padStart(12, '0')}`,
          name,
          body: JSON.stringify(event),
          settle,
        });
        hand();
      }),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
