const firstCapacity = 256;
/** Shared, because most lines come whole, and an array of no bytes takes 0.2 µs to make. */
const nothing = Buffer.alloc(0);

/** A line that comes in pieces. Its memory doubles as it grows, so that many small pieces cost no more than one large. */
export class PartialLine {
  #bytes: Buffer = nothing;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns the line so far: a view that holds until the next `add`. */
  add(piece: Uint8Array): Buffer {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(length, this.#bytes.length * 2, firstCapacity));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    return this.#bytes.subarray(0, length);
  }

  clear(): void {
    this.#length = 0;
  }
}
