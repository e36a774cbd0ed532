import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Demux } from './demux.ts';

/** A relay ends by itself at the end of its input; what takes longer than this is stuck, or cut off from us. */
const relayLimitMs = 8_000;

/**
 * The stdio of a relay as one connection. It holds no more than its streams do, and each side makes the other wait.
 * The far end of it ends all of it; destroying it lets the relay see the end of its input, and `close` comes when the
 * relay has ended.
 */
export class Tunnel extends Duplex {
  readonly #socket: Socket;
  readonly #demux: Demux;

  constructor(socket: Socket, demux: Demux) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#demux = demux;
    const { stdout } = demux;
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) {
        stdout.pause();
      }
    });
    stdout.on('end', () => this.push(null));
    stdout.on('error', (error) => this.destroy(error));
    // What a lost link means the end of the container tells; nobody listening must not make it a crash of this process.
    this.on('error', () => {});
  }

  override _read(): void {
    this.#demux.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    void endRelay(this.#socket, this.#demux).then(() => done(error));
  }
}

/** Settles when the relay has ended, or does not. */
export async function endRelay(socket: Socket, demux: Demux): Promise<void> {
  socket.end();
  // It may have to write before it sees the end of its input.
  demux.discardUnread();
  const timer = setTimeout(() => socket.destroy(), relayLimitMs);
  await demux.ended;
  clearTimeout(timer);
  socket.destroy();
}
