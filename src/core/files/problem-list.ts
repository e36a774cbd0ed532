import type { Problem, TextRange } from './parsed-file.ts';

/** Nobody reads the hundred-and-first problem of a file, and a hostile file could have a million. */
const mostProblems = 100;

/** Collects what is wrong with one text. Every range is kept inside it and marks a character where there is one. */
export class ProblemList {
  readonly #text: string;
  readonly #problems: Problem[] = [];
  #errorCount = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Errors reported so far; a caller compares two readings to learn whether what it read is usable. */
  get errorCount(): number {
    return this.#errorCount;
  }

  get isFull(): boolean {
    return this.#problems.length >= mostProblems;
  }

  error(range: TextRange, message: string): void {
    this.#errorCount += 1;
    this.#add('error', range, message);
  }

  warning(range: TextRange, message: string): void {
    this.#add('warning', range, message);
  }

  /** In the order of the text. */
  sorted(): readonly Problem[] {
    return this.#problems.toSorted((a, b) => a.range.offset - b.range.offset);
  }

  #add(severity: Problem['severity'], range: TextRange, message: string): void {
    if (!this.isFull) {
      this.#problems.push({ severity, message, range: this.#inside(range) });
    }
  }

  #inside({ offset, length }: TextRange): TextRange {
    const start = Math.min(Math.max(offset, 0), Math.max(this.#text.length - 1, 0));
    const end = Math.min(Math.max(offset + length, start + 1), this.#text.length);
    return { offset: start, length: end - start };
  }
}
