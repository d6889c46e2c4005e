import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SQSEvent } from 'aws-lambda';

export interface Shim {
  readonly url: string;
  /** Invocations so far, by function. */
  readonly invocations: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Serves handlers as the emulator calls image functions: the event is posted, the answer is the result. */
export async function startShim(handlers: Record<string, (event: SQSEvent) => Promise<unknown>>): Promise<Shim> {
  const invocations: Record<string, number> = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const name = request.url!.split('/')[1]!;
      invocations[name] = (invocations[name] ?? 0) + 1;
      try {
        const result = await handlers[name]!(JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? null));
      } catch (error) {
        response.writeHead(500).end(JSON.stringify({ errorMessage: String(error) }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    invocations,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
