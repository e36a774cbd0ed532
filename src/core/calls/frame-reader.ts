/** Reads what a `FrameWriter` wrote. */
export class FrameReader {
  readonly #bytes: Buffer;
  #at = 0;
  #frame = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes to the next frame, whatever was read of this one. @returns its kind, undefined behind the last */
  next(): number | undefined {
    this.#frame = this.#end;
    if (this.#frame + 5 > this.#bytes.length) {
      return undefined;
    }
    this.#at = this.#frame + 5;
    this.#end = this.#at + this.#bytes.readUInt32LE(this.#frame + 1);
    return this.#bytes[this.#frame];
  }

  /** The bytes of this frame, its kind and size included. A view. */
  whole(): Uint8Array {
    return this.#bytes.subarray(this.#frame, this.#end);
  }

  byte(): number {
    const value = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    return value;
  }

  integer(): number {
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  /** The integer that is next, which stays so. */
  peekInteger(): number {
    return this.#bytes.readUInt32LE(this.#at);
  }

  number(): number {
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  optional(): number | undefined {
    const value = this.number();
    return Number.isNaN(value) ? undefined : value;
  }

  text(): string {
    const length = this.integer();
    const value = this.#bytes.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  /** What is left of this frame. A view. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }
}
