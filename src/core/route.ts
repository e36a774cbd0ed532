/** `default` is cold: a fresh container per call. `http` is hot: one container, many HTTP exchanges over stdio. */
export type Format = 'default' | 'http';
export type RouteType = 'sync' | 'async';

/** `{app}{path}`, such as `myapp/hot`. An app's name has no `/`, so the pair can be told apart again. */
export type RouteId = string;

/** Where a route's function lives, for engines that build its image or run it without one. */
export interface FunctionSource {
  /** Absolute path of the folder with the function's code. */
  readonly folder: string;
  readonly runtime?: string;
  /** Words of the command; `cmd` follows `entrypoint`. */
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
}

/** A route as it will be run: every default applied, app config already below the route's own. */
export interface Route {
  readonly id: RouteId;
  readonly app: string;
  /** Absolute, such as `/hot`. */
  readonly path: string;
  readonly image: string;
  readonly memoryMiB: number;
  readonly type: RouteType;
  readonly format: Format;
  /** How many hot containers may serve this route at once, starting ones included. */
  readonly maxConcurrency: number;
  /** Limit on a call, from its beginning: queueing and container start included. */
  readonly timeoutMs: number;
  /** How long a hot container waits for another call after the last one. */
  readonly idleTimeoutMs: number;
  /** Becomes environment of the container and, in the hot format, headers of each request. Keys as written. */
  readonly config: Readonly<Record<string, string>>;
  /** Added to every response. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** HS256 secret that the local endpoint asks callers to know. Never shown. */
  readonly jwtKey?: string;
  /** Absent for a route JSON whose image no func.yaml of the workspace builds and whose folder has no code. */
  readonly source?: FunctionSource;
}

export const routeDefaults = {
  memoryMiB: 128,
  type: 'sync',
  format: 'default',
  maxConcurrency: 1,
  timeoutMs: 30_000,
  idleTimeoutMs: 30_000,
} as const satisfies Partial<Route>;

export function routeIdOf(app: string, path: string): RouteId {
  return `${app}${path}`;
}

/**
 * Two routes with the same shape can share a container; a different shape needs new ones.
 * Source: the contract's row "route edited while hot".
 */
export function containerShapeOf(route: Route): string {
  const { image, memoryMiB, format, config, source } = route;
  return JSON.stringify([
    image,
    memoryMiB,
    format,
    Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)),
    source?.folder,
    source?.runtime,
    source?.entrypoint,
    source?.cmd,
  ]);
}
