const CR = 0x0d;
const LF = 0x0a;

// Controls, invisible format characters (bidi and zero-width ones among them), odd spaces, unassigned.
const unsafe = /[\p{C}\p{Z}]/u;

/**
 * Bytes as text that hides nothing and cannot disturb the view: valid UTF-8 stays as it is, line ends show as
 * `\r\n` before the line breaks, everything else becomes `\xNN`. Works on a stream: a character or a CR LF that
 * is split over two chunks is shown whole, with the second one.
 */
export class ByteText {
  #held: Uint8Array = new Uint8Array();

  write(bytes: Uint8Array): string {
    const chunk = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = new Uint8Array();
    return this.#render(chunk, false);
  }

  /** What is still held back, as it stands. */
  flush(): string {
    const held = this.#held;
    this.#held = new Uint8Array();
    return this.#render(held, true);
  }

  #render(chunk: Uint8Array, final: boolean): string {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let text = '';
    let at = 0;
    while (at < bytes.length) {
      const plainEnd = endOfPlain(bytes, at);
      if (plainEnd > at) {
        text += bytes.toString('latin1', at, plainEnd);
        at = plainEnd;
        continue;
      }
      const length = lengthOfUnit(bytes, at);
      if (at + length > bytes.length) {
        if (!final) {
          // A copy: the chunk's memory belongs to whoever recorded it.
          this.#held = Uint8Array.from(bytes.subarray(at));
          return text;
        }
        text += escapeBytes(bytes.subarray(at));
        return text;
      }
      text += renderUnit(bytes.subarray(at, at + length));
      at += length;
    }
    return text;
  }
}

/** The whole of `bytes` at once. */
export function bytesAsText(bytes: Uint8Array): string {
  const text = new ByteText();
  return text.write(bytes) + text.flush();
}

function endOfPlain(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e) {
      break;
    }
    at += 1;
  }
  return at;
}

/** How many bytes belong together here; may reach beyond what has come so far. */
function lengthOfUnit(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first === CR) {
    const next = bytes[at + 1];
    return next === undefined || next === LF ? 2 : 1;
  }
  const wanted = lengthOfUtf8(first);
  for (let n = 1; n < wanted; n += 1) {
    const next = bytes[at + n];
    if (next !== undefined && (next & 0xc0) !== 0x80) {
      return 1;
    }
  }
  return wanted;
}

function lengthOfUtf8(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) {
    return 2;
  }
  if (first >= 0xe0 && first <= 0xef) {
    return 3;
  }
  return first >= 0xf0 && first <= 0xf4 ? 4 : 1;
}

function renderUnit(unit: Buffer): string {
  if (unit[0] === LF) {
    return '\\n\n';
  }
  if (unit[0] === CR && unit[1] === LF) {
    return '\\r\\n\n';
  }
  if (unit.length === 1) {
    return escapeBytes(unit);
  }
  const character = unit.toString('utf8');
  // Overlong forms and surrogates decode to more than one replacement character or to U+FFFD itself.
  const valid = Buffer.from(character, 'utf8').equals(unit);
  return valid && !unsafe.test(character) ? character : escapeBytes(unit);
}

function escapeBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}
