import type { CallRequest, HeaderList } from '../call.ts';
import { HotFunctionsError } from '../errors.ts';
import type { RecordedEvent } from './call-record.ts';

/** A call as it was recorded, or as it is kept. */
export interface RecordedCall {
  readonly callId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly wire: readonly RecordedEvent[];
  /** Whether some of it was overwritten. */
  readonly masked: boolean;
}

/** The request to make a call again with. @throws HotFunctionsError `invalid-request` where it is not known as a whole */
export function requestOf({ callId, method, url, headers, wire, masked }: RecordedCall): CallRequest {
  if (masked) {
    throw notKnown(callId, 'it had credentials, which are not kept');
  }
  const input = inputOf(wire);
  if (input === undefined) {
    throw notKnown(callId, 'not all of it was recorded');
  }
  const [, query] = /\?(.*)$/s.exec(url) ?? [];
  const fromQuery = method === 'GET' && new URLSearchParams(query).has('payload');
  return {
    method,
    headers,
    ...(query === undefined ? {} : { query }),
    ...(input.length === 0 || fromQuery ? {} : { body: input }),
  };
}

/** What the function was given as input; undefined if that is not known to its end. */
function inputOf(wire: readonly RecordedEvent[]): Uint8Array | undefined {
  const written: Uint8Array[] = [];
  for (const event of wire) {
    if (event.kind === 'bytes' && event.direction === 'stdin') {
      if (event.bytes.length < event.length) {
        return undefined;
      }
      written.push(event.bytes);
    } else if (event.kind === 'boundary' && event.boundary.kind === 'request-complete') {
      return Buffer.concat(written).subarray(event.boundary.headBytes);
    } else if (event.kind === 'boundary' && event.boundary.kind === 'stdin-closed') {
      return Buffer.concat(written);
    }
  }
  return undefined;
}

function notKnown(callId: string, why: string): HotFunctionsError {
  return new HotFunctionsError('invalid-request', `The request of call ${callId} cannot be made again: ${why}.`, {
    hint: 'Call the function with the request that is meant.',
  });
}
