import type { CallRequest } from './call.ts';
import type { ContainerAccess } from './engine.ts';

/** The container that will serve a call, with what a debugger may do with it. */
export interface GateContainer {
  readonly name: string;
  readonly engineId: string;
  readonly access: ContainerAccess;
  /** Settles when nothing is left of it. Never rejects. */
  readonly gone: Promise<void>;
}

/** A request whose body is at hand. */
export type EditableRequest = CallRequest & { readonly body?: string | Uint8Array };

/** A call that has not been written yet. */
export interface UnwrittenCall {
  readonly callId: string;
  /** The bytes that would be sent for `request`; of a cold call the input only. Throws `invalid-request`. */
  preview(request: EditableRequest): Uint8Array;
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
  beforeWrite?(call: UnwrittenCall): Promise<EditableRequest>;
  /** All of the request is written and nothing of the answer is read until this settles. */
  afterWrite?(): Promise<void>;
}

/** Waits for a step of a gate, until the call is over: rejects with the signal's reason. */
export function stepOf<T>(signal: AbortSignal, step: Promise<T> | undefined): Promise<T | undefined> {
  if (step === undefined) {
    return Promise.resolve(undefined);
  }
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    step.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
