/** Writes numbers, texts and bytes into a piece of memory, frame by frame. A frame is its kind, its size and its fields. */
export class FrameWriter {
  #bytes: Buffer<ArrayBuffer>;
  #at = 0;
  #frame = 0;

  constructor(size: number) {
    // Of its own, not out of the pool: it is given to another thread as a whole.
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  get length(): number {
    return this.#at;
  }

  /** @param size more than its fields can take */
  fits(size: number): boolean {
    return this.#at + size <= this.#bytes.length;
  }

  begin(kind: number): void {
    this.#frame = this.#at;
    this.#bytes[this.#at] = kind;
    this.#at += 5;
  }

  end(): void {
    this.#bytes.writeUInt32LE(this.#at - this.#frame - 5, this.#frame + 1);
  }

  byte(value: number): void {
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  integer(value: number): void {
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  number(value: number): void {
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** What is absent is told apart from what is zero. */
  optional(value: number | undefined): void {
    this.number(value ?? Number.NaN);
  }

  text(value: string): void {
    const length = this.#bytes.write(value, this.#at + 4);
    this.#bytes.writeUInt32LE(length, this.#at);
    this.#at += 4 + length;
  }

  raw(value: Uint8Array): void {
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** All that was written; it starts anew in memory of `size`. What is handed out is never written to again. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.subarray(0, this.#at);
    const small = this.#at * 4 < this.#bytes.length && this.#bytes.length === size;
    const taken = small ? new Uint8Array(written) : written;
    if (!small) {
      this.#bytes = Buffer.allocUnsafeSlow(size);
    }
    this.#at = 0;
    return taken;
  }
}

/** More than `text` takes of it. */
export function sizeOfText(value: string): number {
  return 4 + 3 * value.length;
}
