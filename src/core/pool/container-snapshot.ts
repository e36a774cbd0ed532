import type { RouteId } from '../route.ts';

/**
 * What a container is doing. `idle` ends at `untilMs` on the runner's clock unless a call comes first; at `Infinity`,
 * that is never, while a debugger keeps it.
 */
export type ContainerState =
  | { readonly kind: 'starting'; readonly waitingFor?: 'memory' }
  | { readonly kind: 'busy'; readonly callId: string }
  | { readonly kind: 'idle'; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: 'draining'; readonly why: string }
  | { readonly kind: 'gone'; readonly why: string };

/** A container as it is now, for views. */
export interface ContainerSnapshot {
  /** Stable for the container's life, starting included. */
  readonly name: string;
  /** Empty while starting. */
  readonly engineId: string;
  readonly routeId: RouteId;
  readonly format: 'default' | 'http';
  readonly state: ContainerState;
  /** Calls it has begun to serve. */
  readonly served: number;
  /** Whether it was started for a debugger, or one is attached to it. */
  readonly debugged?: true;
}
