import type { HotFunctionsError } from './errors.ts';
import type { RouteId } from './route.ts';

/** Headers in order; a name may appear more than once. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface CallRequest {
  /** Default: `POST` with a body, else `GET`. */
  readonly method?: string;
  /** Without `?`. Of a GET, `payload` in it is the function's input. */
  readonly query?: string;
  /** What the function sees as `REQUEST_URL`. Default: `http://localhost/r/{app}{path}` with the query. */
  readonly url?: string;
  /** What the caller would have sent over HTTP; the function sees them as `HEADER_*`. */
  readonly headers?: HeaderList;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Of an iterable body, in bytes: it is streamed then; without it, it is put aside in a file first. */
  readonly bodyLength?: number;
}

/** The bytes of an answer. Read it once: either iterate or collect. Fails with the call's error if it breaks off. */
export interface ResponseBody extends AsyncIterable<Uint8Array> {
  /** Collects at most `maxBytes`; what is beyond is drained and dropped. */
  collect(maxBytes: number): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }>;
  /** All of it, which has been read then, if it is there as a whole and in at most one piece; else undefined. */
  takeWhole(): Uint8Array | undefined;
}

/** Durations in milliseconds. A phase that did not take place is absent. */
export interface CallTimings {
  /** Waiting for a container that is free. */
  readonly queuedMs?: number;
  /** Image build or pull; does not count towards `timeout`. */
  readonly preparedMs?: number;
  /** Creating and starting the container that serves the call. */
  readonly startedMs?: number;
  /** From the request's first byte to the answer's first byte. */
  readonly firstByteMs?: number;
  readonly totalMs: number;
}

/** Which container served a call, and whether it was already running. `kept-warm`: started ahead for a cold call. */
export interface ServedBy {
  readonly name: string;
  readonly engineId: string;
  readonly temperature: 'cold' | 'kept-warm' | 'started-hot' | 'reused-hot';
  /** 1 for the container's first call. */
  readonly callNumber: number;
}

/** Who made a call. `endpoint` is the local HTTP server, `async` the queue of calls that nobody waits for. */
export type CallOrigin = 'editor' | 'api' | 'endpoint' | 'async' | 'debug';

export type CallOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly warning?: HotFunctionsError }
  | { readonly kind: 'failed'; readonly error: HotFunctionsError }
  | { readonly kind: 'aborted' };

/** The story of a call that has ended. */
export interface CallSummary {
  readonly callId: string;
  readonly routeId: RouteId;
  readonly outcome: CallOutcome;
  readonly servedBy?: ServedBy;
  readonly timings: CallTimings;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/**
 * The answer to a call, as soon as its head is known. A failure of ours or of the protocol is an answer too,
 * with the status and JSON body of the contract and `error` set; a 4xx or 5xx of the function has no `error`.
 */
export interface CallResult {
  readonly callId: string;
  readonly routeId: RouteId;
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: ResponseBody;
  readonly error?: HotFunctionsError;
  readonly servedBy?: ServedBy;
  /** Of a failed exchange: what the function still wrote to stdout until it was gone. */
  readonly salvage?: Uint8Array;
  /** Settles when the body is complete or has broken off; never rejects. */
  readonly finished: Promise<CallSummary>;
}
