import type { ResponseBody } from '../../core/call.ts';
import { HotFunctionsError } from '../../core/errors.ts';

export interface CollectedBody {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
}

/** Like `ResponseBody.collect`, but of a body that breaks off it keeps what came; the call's summary says why. */
export async function collectWhatCame(body: ResponseBody, maxBytes: number): Promise<CollectedBody> {
  const kept: Uint8Array[] = [];
  let room = maxBytes;
  let truncated = false;
  try {
    for await (const chunk of body) {
      truncated ||= chunk.length > room;
      const part = chunk.subarray(0, room);
      kept.push(part);
      room -= part.length;
    }
  } catch (error) {
    if (!(error instanceof HotFunctionsError)) {
      throw error;
    }
  }
  return { bytes: Buffer.concat(kept), truncated };
}
