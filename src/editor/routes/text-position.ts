import * as vscode from 'vscode';
import type { TextRange } from '../../core/files/parsed-file.ts';

/** Turns offsets of a text that is not open in an editor into lines and columns. */
export class TextPositions {
  readonly #lineStarts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (const match of text.matchAll(/\r\n|\r|\n/g)) {
      starts.push(match.index + match[0].length);
    }
    this.#lineStarts = starts;
  }

  rangeOf({ offset, length }: TextRange): vscode.Range {
    return new vscode.Range(this.#positionAt(offset), this.#positionAt(offset + length));
  }

  #positionAt(offset: number): vscode.Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return new vscode.Position(low, offset - (this.#lineStarts[low] ?? 0));
  }
}
