import { createServer, type Server, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import type { Disposable } from '../../core/disposable.ts';

/** What a debugger's client opens at once, and some more. */
const maxConnections = 8;

/**
 * A port of this machine's loopback whose every connection is one to the debugger in the container: for adapters
 * that want an address. Whoever runs on this machine could connect as well, so it takes connections only for as long
 * as an adapter attaches.
 */
export class LoopbackListener implements Disposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  /** @param onError told why a connection could not be passed on */
  static async open(connect: () => Promise<Duplex>, onError: (error: unknown) => void): Promise<LoopbackListener> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // Until it is joined to the debugger nobody else hears of its end.
      socket.on('error', () => {});
      socket.setNoDelay(true);
      connect().then(
        (debuggerStream) => join(socket, debuggerStream),
        (error: unknown) => {
          onError(error);
          socket.destroy();
        },
      );
    });
    server.maxConnections = maxConnections;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
    await promise;
    return new LoopbackListener(server, sockets);
  }

  private constructor(server: Server, sockets: ReadonlySet<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Takes no more connections; those that are there go on. */
  stopAccepting(): void {
    this.#server.close();
  }

  dispose(): void {
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}

/** One end closes the other: a half-open connection would outlive its session. */
function join(socket: Socket, debuggerStream: Duplex): void {
  pipeline(socket, debuggerStream, socket, () => {
    socket.destroy();
    debuggerStream.destroy();
  });
}
