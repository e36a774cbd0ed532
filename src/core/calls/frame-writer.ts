/** Up to here it is quicker to write a text byte by byte than to call what writes any: most of a call's are. */
const shortText = 128;

/** Writes numbers, texts and bytes into a piece of memory, frame by frame. A frame is its kind, its size and its fields. */
export class FrameWriter {
  #bytes: Buffer<ArrayBuffer>;
  /** The same memory: its numbers are written in place, those of a buffer by a function each. */
  #view: DataView;
  #at = 0;
  #frame = 0;

  constructor(size: number) {
    // Of its own, not out of the pool: it is given to another thread as a whole.
    this.#bytes = Buffer.allocUnsafeSlow(size);
    this.#view = viewOf(this.#bytes);
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
    this.#view.setUint32(this.#frame + 1, this.#at - this.#frame - 5, true);
  }

  byte(value: number): void {
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  integer(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  number(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** What is absent is told apart from what is zero. */
  optional(value: number | undefined): void {
    this.number(value ?? Number.NaN);
  }

  text(value: string): void {
    const start = this.#at + 4;
    const length = value.length <= shortText ? this.#ascii(value, start) : undefined;
    const written = length ?? this.#bytes.write(value, start);
    this.#view.setUint32(this.#at, written, true);
    this.#at = start + written;
  }

  /** @returns undefined where it has a character that takes more than a byte */
  #ascii(value: string, start: number): number | undefined {
    for (let at = 0; at < value.length; at += 1) {
      const code = value.charCodeAt(at);
      if (code > 0x7f) {
        return undefined;
      }
      this.#bytes[start + at] = code;
    }
    return value.length;
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
      this.#view = viewOf(this.#bytes);
    }
    this.#at = 0;
    return taken;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** More than `text` takes of it. */
export function sizeOfText(value: string): number {
  return 4 + 3 * value.length;
}
