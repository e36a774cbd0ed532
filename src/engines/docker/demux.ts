import { Readable } from 'node:stream';
import { deliver } from './deliver.ts';

/** How the multiplexed stream ended: at a frame's boundary, or in a way that makes all of it doubtful. */
export type DemuxEnd = { readonly kind: 'ended' } | { readonly kind: 'broken'; readonly detail: string };

const headerBytes = 8;
const stdoutTag = 1;
const stderrTag = 2;

/**
 * Splits a Docker attach stream into stdout and stderr. Each frame is the stream's number, three zero bytes, the
 * length as 32 bits big-endian, and that many bytes. What is passed on are views of the chunks that came, so nothing
 * is copied and nothing is collected: the source stands still as long as one of both sides is full.
 * Source: https://docs.docker.com/reference/api/engine/ "ContainerAttach", "Stream format".
 */
export class Demux {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the source is over or broken, and never rejects. Bytes may then still wait in both streams. */
  readonly ended: Promise<DemuxEnd>;
  readonly #source: Readable;
  readonly #settle: (end: DemuxEnd) => void;
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #payloadLeft = 0;
  #target: Readable;
  #stdoutFull = false;
  #stderrFull = false;
  #discarding = false;
  /** Streams that have got their end, and nothing after it. */
  readonly #ended = new Set<Readable>();
  #over = false;

  constructor(source: Readable) {
    this.#source = source;
    const { promise, resolve } = Promise.withResolvers<DemuxEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.stdout = new Readable({
      read: () => {
        this.#stdoutFull = false;
        this.#flow();
      },
    });
    this.stderr = new Readable({
      read: () => {
        this.#stderrFull = false;
        this.#flow();
      },
    });
    // A reader that came too late to listen must not turn a lost link into a crash of this process.
    this.stdout.on('error', () => {});
    this.stderr.on('error', () => {});
    this.#target = this.stdout;
    source.on('data', (chunk: Buffer) => this.#accept(chunk));
    source.on('end', () => this.#onEnd());
    source.on('error', (error) => this.#break(error.message));
    source.on('close', () => this.#break('the connection was closed'));
  }

  /**
   * From now on a full stream no longer holds up the source: it ends for its reader where it became full, and the
   * rest is dropped. For a function that is being killed, whose engine waits for its output to be taken.
   */
  discardUnread(): void {
    this.#discarding = true;
    this.#stdoutFull = false;
    this.#stderrFull = false;
    this.#flow();
  }

  /** Ends both streams where they are, for readers that do not read and a source that will bring nothing more. */
  finish(): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.#source.destroy();
    this.#endBoth();
    this.#settle({ kind: 'ended' });
  }

  #flow(): void {
    if (!this.#stdoutFull && !this.#stderrFull && this.#source.isPaused()) {
      this.#source.resume();
    }
  }

  #accept(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#over) {
      if (this.#payloadLeft === 0) {
        at = this.#readHeader(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#payloadLeft);
      this.#payloadLeft -= end - at;
      this.#pass(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
      at = end;
    }
  }

  #readHeader(chunk: Buffer, at: number): number {
    if (this.#headerFilled === 0 && chunk.length - at >= headerBytes) {
      this.#open(chunk, at);
      return at + headerBytes;
    }
    const copied = chunk.copy(this.#header, this.#headerFilled, at);
    this.#headerFilled += copied;
    if (this.#headerFilled === headerBytes) {
      this.#headerFilled = 0;
      this.#open(this.#header, 0);
    }
    return at + copied;
  }

  #open(header: Buffer, at: number): void {
    const start = header.readUInt32BE(at);
    if (start === stdoutTag << 24) {
      this.#target = this.stdout;
    } else if (start === stderrTag << 24) {
      this.#target = this.stderr;
    } else {
      const shown = header.toString('hex', at, at + headerBytes);
      this.#break(`the engine sent ${shown} where the header of a frame must be`);
      return;
    }
    this.#payloadLeft = header.readUInt32BE(at + 4);
  }

  #pass(bytes: Buffer): void {
    const target = this.#target;
    // Nobody reads a destroyed stream again: its bytes must not hold up the other one.
    if (target.destroyed || this.#ended.has(target)) {
      return;
    }
    if (this.#discarding && target.readableLength >= target.readableHighWaterMark) {
      this.#end(target);
      return;
    }
    if (deliver(target, bytes) || this.#discarding) {
      return;
    }
    if (target === this.stdout) {
      this.#stdoutFull = true;
    } else {
      this.#stderrFull = true;
    }
    this.#source.pause();
  }

  #onEnd(): void {
    if (this.#payloadLeft > 0 || this.#headerFilled > 0) {
      this.#break('the stream ended inside a frame');
      return;
    }
    if (!this.#over) {
      this.#over = true;
      this.#endBoth();
      this.#settle({ kind: 'ended' });
    }
  }

  #break(detail: string): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.#source.destroy();
    const error = new Error(detail);
    this.stdout.destroy(error);
    this.stderr.destroy(error);
    this.#settle({ kind: 'broken', detail });
  }

  #endBoth(): void {
    this.#end(this.stdout);
    this.#end(this.stderr);
  }

  #end(stream: Readable): void {
    if (!stream.destroyed && !this.#ended.has(stream)) {
      this.#ended.add(stream);
      stream.push(null);
    }
  }
}
