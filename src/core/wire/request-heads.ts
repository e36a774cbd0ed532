import type { CallFacts } from './call-variables.ts';
import { headerValue } from './names.ts';

/** What a call says of itself in the head of its request. */
export type CallWord = 'length' | 'method' | 'url' | 'id';

/** Text that is the same each time, and what the call says behind it. */
export interface HeadPart {
  readonly text: string;
  readonly says: CallWord | 'nothing';
}

/** The same in bytes, of calls that differ in nothing else than their id. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly says: 'id' | 'nothing';
}

interface Heads {
  readonly method: string;
  readonly url: string;
  readonly length: number;
  readonly pieces: readonly Piece[];
  readonly size: number;
}

/**
 * The heads of requests that differ only in what each call says of itself. The last one is kept as bytes: a call that
 * differs from the one before by nothing but its id is written without a string.
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
    const last = this.#last;
    const isAsLast = last !== undefined && last.method === method && last.url === url && last.length === bodyLength;
    const heads = isAsLast ? last : this.#prepare(method, url, bodyLength);
    const headBytes = heads.size + id.length;
    const bytes = Buffer.allocUnsafe(headBytes + room);
    let at = 0;
    for (const piece of heads.pieces) {
      bytes.set(piece.bytes, at);
      at += piece.bytes.length;
      if (piece.says === 'id') {
        at = writeAscii(bytes, id, at);
      }
    }
    return { bytes, headBytes };
  }

  #prepare(method: string, url: string, length: number): Heads {
    const words = { method: headerValue(method), url: headerValue(url), length: String(length), nothing: '' };
    const pieces: Piece[] = [];
    let text = '';
    for (const part of this.#parts) {
      text += part.text;
      if (part.says === 'id') {
        pieces.push({ bytes: Buffer.from(text, 'utf8'), says: 'id' });
        text = '';
      } else {
        text += words[part.says];
      }
    }
    pieces.push({ bytes: Buffer.from(text, 'utf8'), says: 'nothing' });
    const size = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#last = { method, url, length, pieces, size };
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
