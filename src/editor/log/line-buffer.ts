/** Cuts a stream of text into lines. A line longer than the bound is given out in pieces. */
export class LineBuffer {
  readonly #maxChars: number;
  readonly #onLine: (line: string) => void;
  #open = '';

  constructor(maxChars: number, onLine: (line: string) => void) {
    this.#maxChars = maxChars;
    this.#onLine = onLine;
  }

  write(text: string): void {
    const lines = (this.#open + text).split('\n');
    this.#open = lines.pop() ?? '';
    for (const line of lines) {
      this.#emit(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    while (this.#open.length > this.#maxChars) {
      this.#onLine(this.#open.slice(0, this.#maxChars));
      this.#open = this.#open.slice(this.#maxChars);
    }
  }

  /** Gives out a last line that nothing ended. */
  end(): void {
    const rest = this.#open;
    this.#open = '';
    if (rest !== '') {
      this.#emit(rest);
    }
  }

  #emit(line: string): void {
    let rest = line;
    while (rest.length > this.#maxChars) {
      this.#onLine(rest.slice(0, this.#maxChars));
      rest = rest.slice(this.#maxChars);
    }
    this.#onLine(rest);
  }
}
