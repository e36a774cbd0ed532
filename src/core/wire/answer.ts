import type { ResponseBody } from '../call.ts';
import type { HotFunctionsError } from '../errors.ts';
import type { ExchangeLabel } from './recording.ts';
import type { ResponseHead } from './response-head.ts';

/** How an exchange ended. Only a clean end leaves a hot container at a message boundary. */
export type ExchangeEnd =
  | { readonly kind: 'clean'; readonly keepAlive: boolean }
  /** Answered in full, but with more bytes behind the answer. */
  | { readonly kind: 'surplus'; readonly error: HotFunctionsError }
  | { readonly kind: 'failed'; readonly error: HotFunctionsError };

/** What a call waits for, whatever the format: the answer of the function that is serving it. */
export interface Answer {
  readonly label: ExchangeLabel;
  /** Rejects with the failure when there is no answer. */
  readonly head: Promise<Pick<ResponseHead, 'status' | 'headers'>>;
  /** Of the head, once it is known. */
  readonly status: number | undefined;
  readonly body: ResponseBody;
  /** Settles once and never rejects. */
  readonly end: Promise<ExchangeEnd>;
  readonly responseBytes: number;
  /** From the request's first byte to the answer's first byte, in milliseconds. */
  readonly firstByteMs: number | undefined;
  /** What the function wrote after the exchange had failed, until it was gone; bounded. */
  readonly salvage: Uint8Array;
  /** Ends the exchange without an answer, or breaks off the one that is on its way. Later calls do nothing. */
  fail(error: HotFunctionsError): void;
}
