import { stripVTControlCharacters } from 'node:util';

/** What comes in pieces, in whole lines, without the colours that would be noise in a log. */
export class LineLog {
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n|\r/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#say(line);
    }
    if (this.#rest.length > 64 * 1024) {
      this.flush();
    }
  }

  flush(): void {
    const rest = this.#rest;
    this.#rest = '';
    this.#say(rest);
  }

  #say(line: string): void {
    const plain = stripVTControlCharacters(line).trimEnd();
    if (plain !== '') {
      this.#onLine(plain);
    }
  }
}
