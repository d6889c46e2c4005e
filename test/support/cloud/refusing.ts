import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Refusing {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * An endpoint that passes on to another one, but for the calls that it refuses.
 *
 * @param refuse the error's name by the call's, such as `DynamoDB_20120810.PutItem`; null lets it pass
 */
export async function startRefusing(upstream: string, refuse: (call: string) => string | null): Promise<Refusing> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const error = refuse(String(request.headers['x-amz-target'] ?? ''));
    if (error !== null) {
      const body = JSON.stringify({ __type: `com.amazonaws#${error}`, message: `refused: ${error}` });
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0', date: new Date().toUTCString() });
      response.end(body);
      return;
    }
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(`${upstream}${request.url}`, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
