import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A caller that sends what it likes, and what it was answered. */
export class RawClient {
  readonly socket: Socket;
  /** Settles when nothing more can come, however the connection ended. */
  readonly closed: Promise<void>;
  #received = '';
  #isClosed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      const close = (): void => {
        this.#isClosed = true;
        resolve();
        this.#wake?.();
      };
      socket.once('end', close);
      socket.once('close', close);
    });
  }

  /** Connects and sends; lines end with CR LF already. */
  static async to(port: number, text = '', host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host, allowHalfOpen: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    client.send(text);
    return client;
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** All that has come so far, byte for byte. */
  get received(): string {
    return this.#received;
  }

  /** Settles when what has come matches; rejects when the connection ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#received)) {
      if (this.#isClosed) {
        throw new Error(`The connection ended after ${JSON.stringify(this.#received)}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received;
  }

  /** What came until the connection ended. */
  async all(): Promise<string> {
    await this.closed;
    return this.#received;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** The status and the body of an answer whose length is known or that ended with its connection. */
export function statusAndBody(answer: string): readonly [status: number, body: string] {
  const end = answer.indexOf('\r\n\r\n');
  return [Number(answer.slice(9, 12)), answer.slice(end + 4)];
}
