import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A door before a server on loopback: while it is shut, who knocks is turned away and who is inside is thrown out. */
export interface TcpDoor {
  readonly url: string;
  shut(): void;
  /** Nothing comes through any more, either way, and nobody is told. */
  hang(): void;
  open(): void;
  close(): Promise<void>;
}

export async function tcpDoor(target: string): Promise<TcpDoor> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isShut = false;
  let hangs = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((inner) => {
    keep(inner);
    if (isShut) {
      inner.resetAndDestroy();
      return;
    }
    if (hangs) return;
    const outer = connect(Number(port), hostname);
    keep(outer);
    inner.pipe(outer).pipe(inner);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const throwOut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut() {
      isShut = true;
      throwOut();
    },
    hang() {
      hangs = true;
      for (const socket of sockets) socket.unpipe();
    },
    open() {
      // Who was left hanging has to knock again.
      if (hangs) throwOut();
      isShut = hangs = false;
    },
    async close() {
      server.close();
      throwOut();
      await once(server, 'close');
    },
  };
}
