import type { CallRequest } from '../call.ts';
import type { Event } from '../event.ts';
import type { RouteId } from '../route.ts';
import type { CallEntry, CallRecord, CallState, RecordedEvent } from './call-record.ts';

export interface CallFilter {
  readonly routeId?: RouteId;
  readonly states?: readonly CallState[];
  readonly origins?: readonly CallEntry['origin'][];
}

export interface CallQuery {
  readonly filter?: CallFilter;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: number;
}

/** Newest first. */
export interface CallPage {
  readonly calls: readonly CallEntry[];
  /** Absent on the last page. */
  readonly next?: number;
}

/**
 * Every call of every window that shares the storage. What is in it has credentials masked. Without a store to be had,
 * it is empty, and says so once.
 */
export interface CallStore {
  list(query: CallQuery): Promise<CallPage>;
  get(callId: string): Promise<CallRecord | undefined>;
  /**
   * The request of a call, to be made again: as it was where this window still has it in memory, else as it is kept.
   * Rejects with `invalid-request` where it is not known any more, or not whole, or was masked.
   */
  request(callId: string): Promise<CallRequest>;
  /** What was on the wire, credentials and all, where this window still has it in memory. */
  recording(callId: string): Promise<readonly RecordedEvent[] | undefined>;
  /** Forgets finished calls: those that match, or all. Settles with how many. */
  clear(filter?: CallFilter): Promise<number>;
  /** Something in it has changed, by whatever window. At most a few times a second. */
  readonly onDidChange: Event<void>;
  /** Writes what is still to be written, within a bound. Safe to repeat. */
  close(): Promise<void>;
}
