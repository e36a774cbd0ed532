import type { CallRequest } from '../call.ts';
import type { RouteId } from '../route.ts';
import type { KeptError } from './call-record.ts';

/** The first of a route's calls that wait. */
export interface WaitingRoute {
  readonly routeId: RouteId;
  /** Milliseconds since the epoch; 0 of a call that has not failed. */
  readonly notBefore: number;
}

/** A call that this window has taken, and nobody else. */
export interface ClaimedCall {
  readonly callId: string;
  readonly routeId: RouteId;
  /** How often it was begun, this time included. */
  readonly attempts: number;
  /** How often in a row it came to nothing for a reason of ours, without having been interrupted. */
  readonly retries: number;
  /** How often it was interrupted while it ran: its window or its engine ended. */
  readonly interruptions: number;
}

export type AsyncEnd =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly error: KeptError }
  | { readonly state: 'cancelled' };

/** Why and how a call that this window had taken waits again. */
export interface GivenBack {
  readonly error?: KeptError;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  /** Whether the function may have been given it. */
  readonly begun: boolean;
  /** A `retry` is waited for longer each time; of interruptions there is a bound; a `pause` counts for nothing. */
  readonly as: 'retry' | 'interruption' | 'pause';
}

/** A call that was interrupted too often. */
export interface FailedCall {
  readonly callId: string;
  readonly routeId: RouteId;
  readonly error: KeptError;
}

/** A stored request that is being read. */
export interface StoredRequest {
  readonly request: CallRequest;
  dispose(): Promise<void>;
}

/** Calls that nobody waits for. What it has taken survives the end of any window, and of the machine. */
export interface AsyncCallStore {
  /** Settles when the call is stored durably. Rejects with `store-unavailable` or `invalid-request`. */
  add(call: { readonly callId: string; readonly routeId: RouteId; readonly request: CallRequest }): Promise<void>;
  /** Whether any window has left anything that is not finished. Cheap: asks for file names only. */
  anyLeft(): Promise<boolean>;
  /**
   * Queues what windows that have ended were running, as interrupted; what has been so `maxInterruptions` times fails.
   * Calls of live windows are left alone. Settles with those that have failed.
   */
  recover(maxInterruptions: number): Promise<readonly FailedCall[]>;
  waiting(): Promise<readonly WaitingRoute[]>;
  /** Takes the first waiting call of a route unless it is to wait, or `limit` calls of the route run in all windows. */
  claim(routeId: RouteId, limit: number): Promise<ClaimedCall | undefined>;
  /** Rejects with `invalid-request` when it is gone. */
  open(callId: string): Promise<StoredRequest>;
  /** False if the call was not this window's any more. */
  finish(callId: string, end: AsyncEnd): Promise<boolean>;
  giveBack(callId: string, how: GivenBack): Promise<boolean>;
  /** Calls that failed before are tried at once. */
  hurry(): Promise<void>;
  /** A waiting call is cancelled, a running one is marked for the window that runs it. False if it is neither. */
  cancel(callId: string): Promise<boolean>;
  /** Cancels the calls that wait, of one route or of all. Settles with how many. */
  cancelWaiting(routeId?: RouteId): Promise<number>;
  /** Calls of this window that are marked as cancelled. */
  marked(): Promise<readonly string[]>;
}
