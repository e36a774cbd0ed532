import type { Readable } from 'node:stream';

const maxTailChars = 4096;

/** Reads a function's stderr to its end, so that it never blocks, passes it on and remembers the last of it. */
export class StderrTail {
  #tail = '';

  constructor(stderr: Readable, onText: (text: string) => void) {
    const decoder = new TextDecoder();
    stderr.on('data', (chunk: Uint8Array) => {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== '') {
        this.#tail = (this.#tail + text).slice(-maxTailChars);
        onText(text);
      }
    });
    // The link to stderr may break with the container; its exit says so.
    stderr.on('error', () => {});
  }

  /** The end of what has been written so far. */
  get text(): string {
    return this.#tail;
  }
}
