import type { RouteId } from '../route.ts';

export type Direction = 'stdin' | 'stdout';

/** Marks between the bytes, where one message ends and nothing or the next begins. */
export type Boundary =
  | { readonly kind: 'request-complete'; readonly headBytes: number; readonly bodyBytes: number }
  | { readonly kind: 'interim-response'; readonly status: number; readonly headBytes: number }
  | { readonly kind: 'response-head'; readonly status: number; readonly headBytes: number }
  | { readonly kind: 'response-complete'; readonly headBytes: number; readonly bodyBytes: number }
  | { readonly kind: 'stdin-closed' }
  | { readonly kind: 'stdout-closed' };

/** What a wire event belongs to. */
export interface ExchangeLabel {
  readonly callId: string;
  readonly routeId: RouteId;
  readonly container: string;
  readonly format: 'default' | 'http';
  /** 1 for the container's first call. */
  readonly callNumber: number;
}

/** One thing that happened on a container's stdio. */
export type WireEventDetail =
  | { readonly kind: 'begin' }
  | { readonly kind: 'bytes'; readonly direction: Direction; readonly bytes: Uint8Array }
  | { readonly kind: 'boundary'; readonly boundary: Boundary }
  /** Bytes that belong to no answer, with the exchange that left them; possibly long after it ended. */
  | { readonly kind: 'stray'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly note: string };

/** The same with what it belongs to, in order of happening. `atMs` counts from the start of the call. */
export type WireEvent = WireEventDetail & { readonly exchange: ExchangeLabel; readonly atMs: number };
