import type { CallRequest } from '../../core/call.ts';
import type { AsyncEnd, ClaimedCall, FailedCall, GivenBack, WaitingRoute } from '../../core/calls/async-call-store.ts';
import type { CallRecord, RecordedEvent, Retention } from '../../core/calls/call-record.ts';
import type { CallFilter, CallPage, CallQuery } from '../../core/calls/call-store.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import type { AcceptedCall } from './async-rows.ts';

/** What the worker is started with. */
export interface WorkerStart {
  readonly folder: string;
  readonly requestsFolder: string;
  /** The window's lease, under which it runs calls. */
  readonly owner: string;
  readonly lockWaitMs: number;
  readonly settings: WorkerSettings;
}

export interface WorkerSettings {
  readonly retention: Retention;
  /** Names of credentials beside the usual ones. */
  readonly secretNames: readonly string[];
}

/** What can be asked of it. Every one fails with `store-unavailable` where there is no database to be had. */
export interface WorkerMethods {
  list(query: CallQuery): CallPage;
  get(callId: string): CallRecord | undefined;
  request(callId: string): CallRequest;
  recording(callId: string): readonly RecordedEvent[] | undefined;
  clear(filter: CallFilter | undefined): number;
  add(call: AcceptedCall): void;
  owners(): readonly string[];
  recover(ended: readonly string[], maxInterruptions: number): readonly FailedCall[];
  waiting(): readonly WaitingRoute[];
  claim(routeId: RouteId, limit: number): ClaimedCall | undefined;
  finish(callId: string, end: AsyncEnd): boolean;
  giveBack(callId: string, how: GivenBack): boolean;
  hurry(): void;
  cancel(callId: string): 'cancelled' | 'marked' | undefined;
  cancelWaiting(routeId: RouteId | undefined): readonly string[];
  marked(): readonly string[];
}

export type MethodName = keyof WorkerMethods;

export type ToWorker =
  | { readonly kind: 'batch'; readonly bytes: Uint8Array }
  | { readonly kind: 'ask'; readonly id: number; readonly method: MethodName; readonly args: readonly unknown[] }
  | { readonly kind: 'settings'; readonly settings: WorkerSettings }
  /** Whether changes of other windows are to be told. */
  | { readonly kind: 'watch'; readonly on: boolean }
  | { readonly kind: 'close' };

/** An error on its way between threads, where classes get lost. */
export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly error: SentError }
  /** A batch is dealt with. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'changed' }
  | { readonly kind: 'message'; readonly text: string };
