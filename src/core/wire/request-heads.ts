import type { CallFacts } from './call-variables.ts';
import { headerValue } from './names.ts';

/** What a call says of itself in the head of its request. */
export type CallWord = 'length' | 'method' | 'url' | 'id';

/** Text that is the same each time, and what the call says behind it. */
export interface HeadPart {
  readonly text: string;
  readonly says: CallWord | 'nothing';
}

/** The same in bytes, of calls by one method to one URL. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly says: 'length' | 'id' | 'nothing';
}

interface Heads {
  readonly method: string;
  readonly url: string;
  readonly pieces: readonly Piece[];
  readonly size: number;
}

/**
 * The heads of requests that differ only in what each call says of itself. Those of the last method and URL are kept as
 * bytes: most calls differ from the one before by their id and their length, and are written without a string.
 */
export class RequestHeads {
  readonly #parts: readonly HeadPart[];
  #last: Heads | undefined;

  constructor(parts: readonly HeadPart[]) {
    this.#parts = parts;
  }

  /**
   * @param id in ASCII
   * @param room how many bytes to leave behind the head
   */
  write(
    id: string,
    { method, url }: CallFacts,
    bodyLength: number,
    room: number,
  ): { bytes: Buffer; headBytes: number } {
    const heads = this.#last?.method === method && this.#last.url === url ? this.#last : this.#prepare(method, url);
    const length = String(bodyLength);
    const headBytes = heads.size + length.length + id.length;
    const bytes = Buffer.allocUnsafe(headBytes + room);
    let at = 0;
    for (const piece of heads.pieces) {
      bytes.set(piece.bytes, at);
      at += piece.bytes.length;
      if (piece.says !== 'nothing') {
        at = writeAscii(bytes, piece.says === 'id' ? id : length, at);
      }
    }
    return { bytes, headBytes };
  }

  #prepare(method: string, url: string): Heads {
    const pieces: Piece[] = [];
    let text = '';
    for (const part of this.#parts) {
      text += part.text;
      if (part.says === 'method' || part.says === 'url') {
        text += headerValue(part.says === 'url' ? url : method);
      } else {
        pieces.push({ bytes: Buffer.from(text, 'utf8'), says: part.says });
        text = '';
      }
    }
    const size = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#last = { method, url, pieces, size };
    return this.#last;
  }
}

/** By hand: to ask the runtime for so little takes longer. */
function writeAscii(bytes: Buffer, text: string, from: number): number {
  for (let at = 0; at < text.length; at += 1) {
    bytes[from + at] = text.charCodeAt(at);
  }
  return from + text.length;
}
