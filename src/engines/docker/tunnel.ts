import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Demux } from './demux.ts';

/** A debugger that sees the end of a connection closes it, and with that its relay ends. */
const endLimitMs = 2_000;

/** A relay that runs, and how it is ended by force. */
export interface RunningRelay {
  readonly socket: Socket;
  readonly demux: Demux;
  /** Settles when what could be done has been done. Never rejects. */
  kill(): Promise<void>;
}

/**
 * The stdio of a relay as one connection. It holds no more than its streams do, and each side makes the other wait.
 * The far end of it ends all of it. Destroying it ends the relay, and `close` comes when that has ended.
 */
export class Tunnel extends Duplex {
  readonly #relay: RunningRelay;

  constructor(relay: RunningRelay) {
    super({ allowHalfOpen: false });
    this.#relay = relay;
    const { stdout } = relay.demux;
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

  /** For a container that is gone, or an engine that cannot be asked any more: there is no relay to be ended. */
  cut(detail: string): void {
    this.#relay.socket.destroy(new Error(detail));
  }

  override _read(): void {
    this.#relay.demux.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#relay.socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#relay.socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    void endRelay(this.#relay).then(() => done(error));
  }
}

/** Settles when the relay has ended, or nothing more can be done about it. */
export async function endRelay({ socket, demux, kill }: RunningRelay): Promise<void> {
  socket.end();
  // It may have to write before it sees the end of its input.
  demux.discardUnread();
  if (!(await endsInTime(demux))) {
    // What it carries is not taken: the end of its input stays behind that.
    await kill();
    await endsInTime(demux);
  }
  socket.destroy();
}

async function endsInTime(demux: Demux): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), endLimitMs);
  try {
    return await Promise.race([demux.ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
