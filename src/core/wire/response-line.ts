const maxExcerpt = 192;

/** A line of a response, its end included once it has come: `from` and `to` in `bytes`. */
export interface Line {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** Where it begins in the response. */
  readonly offset: number;
  /** What came with it, where it ends in that. */
  readonly input: Buffer;
  readonly end: number;
}

/** A copy of the line at fault and what came with it, bounded. */
export function excerptOf({ bytes, from, to, input, end }: Line): Uint8Array {
  const shown = bytes.subarray(from, Math.min(to, from + maxExcerpt));
  return Buffer.concat([shown, input.subarray(end, end + maxExcerpt - shown.length)]);
}
