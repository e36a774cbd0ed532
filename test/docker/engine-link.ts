import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket that leads to the real engine, until it is cut. */
export class EngineLink {
  readonly path: string;
  readonly #folder: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #silent = false;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'docker.sock');
  }

  static async open(): Promise<EngineLink> {
    const link = new EngineLink(await mkdtemp(join(tmpdir(), 'hot-functions-link-')));
    await link.mend();
    return link;
  }

  /** Breaks every connection and refuses new ones. */
  async cut(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** Keeps every connection and takes new ones, and carries nothing any more. */
  fallSilent(): void {
    this.#silent = true;
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  async speakAgain(): Promise<void> {
    await this.cut();
    this.#silent = false;
    await this.mend();
  }

  async mend(): Promise<void> {
    const url = new URL(process.env['DOCKER_HOST'] ?? '');
    const target = url.protocol === 'unix:' ? { path: url.pathname } : { host: url.hostname, port: Number(url.port) };
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...target, allowHalfOpen: true });
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => this.#sockets.delete(socket));
        if (!this.#silent) {
          socket.pipe(other);
        }
      }
    });
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
    this.#server = server;
  }

  async close(): Promise<void> {
    await this.cut();
    await rm(this.#folder, { recursive: true });
  }
}
