import type { CallRequest } from '../../core/call.ts';
import { HotFunctionsError } from '../../core/errors.ts';

/** What a person gives a function: nothing, a line of text, or a file that is read at each call. */
export type Payload =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly uri: string };

export const noPayload: Payload = { kind: 'none' };

export function payloadOfText(text: string): Payload {
  return text === '' ? noPayload : { kind: 'text', text };
}

export async function requestOf(
  payload: Payload,
  readFile: (uri: string) => PromiseLike<Uint8Array>,
): Promise<CallRequest> {
  switch (payload.kind) {
    case 'none':
      return {};
    case 'text':
      return { body: payload.text };
    case 'file':
      try {
        return { body: await readFile(payload.uri) };
      } catch (error) {
        throw new HotFunctionsError('invalid-request', `The payload file ${payload.uri} cannot be read.`, {
          hint: 'Invoke with another payload.',
          cause: error,
        });
      }
    default:
      return payload satisfies never;
  }
}

/** A payload that was stored, possibly by another version. */
export function asPayload(stored: unknown): Payload {
  if (typeof stored === 'object' && stored !== null && 'kind' in stored) {
    if (stored.kind === 'text' && 'text' in stored && typeof stored.text === 'string') {
      return { kind: 'text', text: stored.text };
    }
    if (stored.kind === 'file' && 'uri' in stored && typeof stored.uri === 'string') {
      return { kind: 'file', uri: stored.uri };
    }
  }
  return noPayload;
}
