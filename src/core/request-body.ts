/** A function's input. What streams has a length that is known before its first byte: the hot format needs it. */
export type RequestBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly length: number }
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Uint8Array>; readonly length: number };

export function bodyOfBytes(bytes: Uint8Array): RequestBody {
  return { kind: 'bytes', bytes, length: bytes.length };
}

/** A body that was put aside to learn its length. */
export interface Spooled {
  readonly body: RequestBody;
  /** Lets go of what it was put aside in. Safe to repeat. */
  dispose(): Promise<void>;
}

/**
 * Puts a body of unknown length aside, outside of memory where it is large.
 * Rejects with `invalid-request` when it is larger than the spool takes, with the body's error, or the signal's reason.
 */
export type Spool = (chunks: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<Spooled>;
