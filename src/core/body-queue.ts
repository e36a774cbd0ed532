import type { ResponseBody } from './call.ts';

/** What waits here unread before the producer is asked to pause, in bytes. */
const highWaterBytes = 1024 * 1024;

const nothing = new Uint8Array();

/**
 * The body of an answer on its way from a container to one reader. The producer pushes and is told when to
 * pause; the reader iterates or collects, once.
 */
export class BodyQueue implements ResponseBody {
  #chunks: Uint8Array[] = [];
  #queuedBytes = 0;
  #end: { readonly kind: 'open' } | { readonly kind: 'complete' } | { readonly kind: 'broken'; readonly error: Error } =
    {
      kind: 'open',
    };
  #wake: (() => void) | undefined;
  #read = false;
  #dropping = false;
  readonly #onRoom: () => void;

  /** @param onRoom called when the reader has made room after a `push` that returned false. */
  constructor(onRoom: () => void = () => {}) {
    this.#onRoom = onRoom;
  }

  /** @returns false when the producer should pause until there is room. */
  push(chunk: Uint8Array): boolean {
    if (this.#dropping || this.#end.kind !== 'open') {
      return true;
    }
    // Most answers are one chunk, and the first `push` to an array makes room for seventeen.
    if (this.#chunks.length === 0) {
      this.#chunks = [chunk];
    } else {
      this.#chunks.push(chunk);
    }
    this.#queuedBytes += chunk.length;
    this.#wake?.();
    return this.#queuedBytes < highWaterBytes;
  }

  complete(): void {
    this.#settle({ kind: 'complete' });
  }

  /** What was pushed before is still delivered; then the reader fails with `error`. */
  break(error: Error): void {
    this.#settle({ kind: 'broken', error });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.#begin();
    try {
      for (let chunk = this.#take(); !this.#isOver(chunk); chunk = this.#take()) {
        if (chunk !== undefined) {
          yield chunk;
        } else {
          await this.#more();
        }
      }
    } finally {
      this.#drop();
    }
  }

  // Without the iterator: most answers are here as a whole, and it costs each of them half a microsecond.
  async collect(maxBytes: number): Promise<{ bytes: Uint8Array; truncated: boolean }> {
    const whole = this.#whole();
    if (whole !== undefined && whole.length <= maxBytes) {
      return { bytes: this.#taken(whole), truncated: false };
    }
    this.#begin();
    const kept: Uint8Array[] = [];
    let bytes = 0;
    let truncated = false;
    for (let chunk = this.#take(); !this.#isOver(chunk); chunk = this.#take()) {
      if (chunk === undefined) {
        await this.#more();
        continue;
      }
      const room = maxBytes - bytes;
      if (chunk.length > room) {
        truncated = true;
      }
      if (room > 0) {
        const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
        kept.push(part);
        bytes += part.length;
      }
    }
    return { bytes: Buffer.concat(kept, bytes), truncated };
  }

  takeWhole(): Uint8Array | undefined {
    const whole = this.#whole();
    return whole && this.#taken(whole);
  }

  #whole(): Uint8Array | undefined {
    const chunks = this.#chunks;
    return this.#read || this.#end.kind !== 'complete' || chunks.length > 1 ? undefined : (chunks[0] ?? nothing);
  }

  #taken(whole: Uint8Array): Uint8Array {
    this.#begin();
    this.#take();
    return whole;
  }

  #begin(): void {
    if (this.#read) {
      throw new Error('This body has been read already.');
    }
    this.#read = true;
  }

  /** Whether nothing follows a `chunk` that is none. Throws where the body breaks off. */
  #isOver(chunk: Uint8Array | undefined): boolean {
    if (chunk === undefined && this.#end.kind === 'broken') {
      throw this.#end.error;
    }
    return chunk === undefined && this.#end.kind === 'complete';
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #take(): Uint8Array | undefined {
    // `shift` of an array takes longer than all else here, and most answers are one chunk.
    const chunk = this.#chunks.length === 1 ? this.#chunks.pop() : this.#chunks.shift();
    if (chunk !== undefined) {
      const wasFull = this.#queuedBytes >= highWaterBytes;
      this.#queuedBytes -= chunk.length;
      if (wasFull && this.#queuedBytes < highWaterBytes) {
        this.#onRoom();
      }
    }
    return chunk;
  }

  // A reader that leaves early must not hold the function back: the rest is let through and dropped.
  #drop(): void {
    this.#dropping = true;
    const wasFull = this.#queuedBytes >= highWaterBytes;
    this.#chunks = [];
    this.#queuedBytes = 0;
    if (wasFull) {
      this.#onRoom();
    }
  }

  #settle(end: { readonly kind: 'complete' } | { readonly kind: 'broken'; readonly error: Error }): void {
    if (this.#end.kind === 'open') {
      this.#end = end;
      this.#wake?.();
    }
  }
}
