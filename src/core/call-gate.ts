import type { CallRequest } from './call.ts';
import type { ContainerAccess } from './engine.ts';
import type { EncodedRequest } from './wire/encode-request.ts';

/** The container that will serve a call, with what a debugger may do with it. */
export interface GateContainer {
  readonly name: string;
  readonly engineId: string;
  readonly access: ContainerAccess;
  /** Settles when nothing is left of it. Never rejects. */
  readonly gone: Promise<void>;
}

/** A call that has not been written yet. */
export interface UnwrittenCall {
  readonly callId: string;
  /** What would be sent for `request`: the bytes of a hot call; of a cold one its environment is not among them. */
  preview(request: CallRequest): EncodedRequest;
}

/**
 * Where a debugger steps into a call. The call waits for each of these, and until its request is written its own
 * clock stands still; an abort of the call, or the end of its container, ends the wait. What one rejects with fails
 * the call.
 */
export interface CallGate {
  /** A container is there and nothing has been written to it. */
  ready?(container: GateContainer): Promise<void>;
  /**
   * The request is about to be written; what this settles with is sent instead. For a cold call it comes before its
   * container starts, because the request is also its environment.
   */
  beforeWrite?(call: UnwrittenCall): Promise<CallRequest>;
  /** All of the request is written and nothing of the answer is read until this settles. */
  afterWrite?(): Promise<void>;
}
