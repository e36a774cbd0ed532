/** Tab, line feed, form feed, carriage return and escape (colours) occur in text. */
const controlsOfText: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** The text of a body, or undefined if it is not text. A character cut off at the end is left out. */
export function textOf(bytes: Uint8Array, truncated: boolean): string | undefined {
  if (bytes.some((byte) => (byte < 0x20 && !controlsOfText.has(byte)) || byte === 0x7f)) {
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: truncated });
  } catch {
    return undefined;
  }
}
