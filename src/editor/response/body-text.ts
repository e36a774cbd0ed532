// Tab, line feed, form feed, carriage return and escape (colours) occur in text; the other controls do not.
const controlsOfBinary = /[\0-\b\v\x0e-\x1a\x1c-\x1f\x7f]/;

/** The text of a body, or undefined if it is not text. A character cut off at the end is left out. */
export function textOf(bytes: Uint8Array, truncated: boolean): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: truncated });
    return controlsOfBinary.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
