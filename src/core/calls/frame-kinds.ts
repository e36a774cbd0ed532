import type { CallOrigin, CallTimings, HeaderList, ServedBy } from '../call.ts';
import type { Boundary, Direction } from '../wire/recording.ts';
import type { KeptError } from './call-record.ts';

/** Kinds of frames. They are kept in files: a number is never used again for anything else. */
export const frames = {
  started: 1,
  begin: 2,
  bytes: 3,
  boundary: 4,
  stray: 5,
  end: 6,
  stderr: 7,
  finished: 8,
} as const;

// What stands for a name is its place: names are added at the end only.
export const origins = ['editor', 'api', 'endpoint', 'async', 'debug'] as const satisfies readonly CallOrigin[];
export const directions = ['stdin', 'stdout'] as const satisfies readonly Direction[];
export const formats = ['default', 'http'] as const;
export const temperatures = [
  'cold',
  'started-hot',
  'reused-hot',
  'kept-warm',
] as const satisfies readonly ServedBy['temperature'][];
export const ends = ['done', 'failed', 'cancelled'] as const;
export const boundaries = [
  'request-complete',
  'interim-response',
  'response-head',
  'response-complete',
  'stdin-closed',
  'stdout-closed',
] as const satisfies readonly Boundary['kind'][];

/** Before the bytes of a frame of kind `bytes` or `stray`. */
export const bytesOffset = 26;

export interface StartedFrame {
  readonly callId: string;
  readonly routeId: string;
  readonly origin: CallOrigin;
  readonly format: (typeof formats)[number];
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface FinishedFrame {
  readonly state: (typeof ends)[number];
  readonly status: number | undefined;
  readonly error: KeptError | undefined;
  readonly servedBy: ServedBy | undefined;
  readonly timings: CallTimings;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Events on the wire that were too many. */
  readonly skipped: number;
}
