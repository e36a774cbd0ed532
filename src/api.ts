/**
 * The public API of Hot Functions, returned by `activate()`:
 *
 * ```ts
 * const hot = await vscode.extensions.getExtension<HotFunctionsApi>('hot-functions.hot-functions')?.activate();
 * const result = await hot?.invoke('examples/hello', { body: 'Johnny' });
 * ```
 *
 * It follows semantic versioning by `apiVersion`: a field or method is added in a minor version; one is
 * changed or removed in a major version only.
 */
import type { CallRequest, CallResult, CallSummary } from './core/call.ts';
import type { Event } from './core/event.ts';
import type { ContainerSnapshot } from './core/pool/container-snapshot.ts';
import type { Format, RouteId, RouteType } from './core/route.ts';

/** A route of the workspace as it is saved on disk. Secrets (`config` values, `jwt_key`) are not part of it. */
export interface RouteInfo {
  readonly id: RouteId;
  readonly app: string;
  readonly path: string;
  readonly image: string;
  readonly format: Format;
  readonly type: RouteType;
  readonly memoryMiB: number;
  readonly maxConcurrency: number;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  /** The file that defines it, as a URI. */
  readonly definedIn: string;
}

export interface InvokeOptions {
  /** Aborting it kills the container that serves the call. `invoke` then rejects with code `aborted`. */
  readonly signal?: AbortSignal;
}

export interface HotFunctionsApi {
  readonly apiVersion: '1.0.0';
  /** Settles when the workspace's files have been read once. */
  routes(): Promise<readonly RouteInfo[]>;
  /**
   * Calls a route through the same runner as the editor's own commands. A route with `type: async` is answered with
   * 202 and `{"call_id": …}` as soon as the call is stored; it runs by itself then, and `onDidFinishCall` tells of its end.
   *
   * Resolves as soon as the answer's head is known; a failed call is an answer with `error` set (see
   * `CallResult`). Rejects with an `Error` whose `code` says why when the call never began: `unknown-route`,
   * `invalid-request`, `untrusted-workspace`, `host-run-unconfirmed`, `engine-unavailable`, of an asynchronous route
   * `store-unavailable`; or with code `aborted`.
   */
  invoke(routeId: RouteId, request: CallRequest, options?: InvokeOptions): Promise<CallResult>;
  /** The containers that are alive now, starting and draining ones included. */
  containers(): readonly ContainerSnapshot[];
  /** Fires once for each call that has ended, whoever made it. */
  readonly onDidFinishCall: Event<CallSummary>;
  /** Fires with the new state of one container. `gone` is its last. */
  readonly onDidChangeContainers: Event<ContainerSnapshot>;
  /** Ends containers now: of one route, or of all. Calls they are serving fail with code `stopped`. */
  stopContainers(routeId?: RouteId): Promise<void>;
}
