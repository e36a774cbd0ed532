import type { CallOrigin, CallTimings, HeaderList, ServedBy } from '../call.ts';
import type { ErrorCode } from '../errors.ts';
import type { Format, RouteId } from '../route.ts';
import type { Boundary, Direction } from '../wire/recording.ts';

/** `done` is an answer of the function, whatever its status; `failed` has an `error`. */
export type CallState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** What is kept of a failure. */
export interface KeptError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly exitCode?: number;
  /** The end of what the function wrote to stderr. */
  readonly stderr?: string;
}

/** An attempt that came to nothing, of an asynchronous call that was tried again. */
export interface EarlierAttempt {
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  readonly error: KeptError;
}

/** A call in a list. Times are milliseconds since the epoch. */
export interface CallEntry {
  readonly callId: string;
  readonly routeId: RouteId;
  readonly origin: CallOrigin;
  readonly state: CallState;
  readonly createdAt: number;
  /** Of its last attempt. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** How often it was begun. More than once only of an asynchronous call. */
  readonly attempts: number;
  /** Of a queued call that failed before: when it is tried again. */
  readonly notBefore?: number;
  readonly format?: Format;
  readonly method?: string;
  readonly status?: number;
  readonly timings?: CallTimings;
  readonly servedBy?: ServedBy;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Of a failed call; of an answered one, a warning. */
  readonly error?: KeptError;
}

/** One thing that happened on the wire. Of bytes that were too many, `bytes` are the first of `length`. */
export type RecordedEvent = { readonly atMs: number } & (
  | { readonly kind: 'begin'; readonly container: string; readonly format: Format; readonly callNumber: number }
  | { readonly kind: 'bytes'; readonly direction: Direction; readonly bytes: Uint8Array; readonly length: number }
  | { readonly kind: 'boundary'; readonly boundary: Boundary }
  | { readonly kind: 'stray'; readonly bytes: Uint8Array; readonly length: number }
  | { readonly kind: 'end'; readonly note: string }
);

/** All that is kept of a call. Of several attempts, wire and stderr are those of the last one. */
export interface CallRecord extends CallEntry {
  readonly url?: string;
  readonly headers: HeaderList;
  /** Whether the request had credentials, which are overwritten here. */
  readonly masked: boolean;
  readonly wire: readonly RecordedEvent[];
  /** Events on the wire that were too many to be kept. */
  readonly wireSkipped: number;
  readonly stderr: string;
  readonly earlier: readonly EarlierAttempt[];
}

/** How much of each call is kept. */
export interface RecordingLimits {
  /** Of what goes to the function and of what comes from it, in bytes each. */
  readonly maxBytes: number;
  readonly maxEvents: number;
  /** Of stderr, in characters. */
  readonly maxStderr: number;
}

export const recordingDefaults: RecordingLimits = { maxBytes: 64 * 1024, maxEvents: 512, maxStderr: 16 * 1024 };

/** Which finished calls are kept: all bounds hold. */
export interface Retention {
  readonly maxCalls: number;
  readonly maxAgeMs: number;
  /** Of all that is kept together. */
  readonly maxBytes: number;
}

export const retentionDefaults: Retention = {
  maxCalls: 5000,
  maxAgeMs: 7 * 24 * 60 * 60 * 1000,
  maxBytes: 64 * 1024 * 1024,
};
