import type { HotFunctionsApi, RouteInfo } from '../api.ts';
import { HotFunctionsError } from '../core/errors.ts';
import type { LateRunner } from '../core/late-runner.ts';
import type { Runner } from '../core/runner.ts';
import type { DefinedRoute } from './routes/defined-route.ts';
import type { WorkspaceRoutes } from './routes/workspace-routes.ts';

/** The public API over the same runner and routes that the commands use. */
export function createApi(runner: LateRunner, routes: WorkspaceRoutes, invoke: Runner['invoke']): HotFunctionsApi {
  return {
    apiVersion: '1.0.0',
    routes: async () => {
      await routes.ready;
      return routes.routes().map(infoOf);
    },
    invoke: async (routeId, request, options = {}) => {
      await routes.ready;
      const defined = routes.find(routeId);
      if (defined === undefined) {
        throw new HotFunctionsError('unknown-route', `The workspace has no route ${routeId}.`);
      }
      return invoke(defined.route, request, { ...options, origin: 'api' });
    },
    containers: () => runner.containers(),
    onDidFinishCall: runner.onDidFinishCall,
    onDidChangeContainers: runner.onDidChangeContainers,
    stopContainers: (routeId) => runner.stopContainers(routeId),
  };
}

/** Field by field, so that a new field of `Route` does not become public, or a secret, by itself. */
function infoOf({ route, uri }: DefinedRoute): RouteInfo {
  const { id, app, path, image, format, type, memoryMiB, maxConcurrency, timeoutMs, idleTimeoutMs } = route;
  return {
    id,
    app,
    path,
    image,
    format,
    type,
    memoryMiB,
    maxConcurrency,
    timeoutMs,
    idleTimeoutMs,
    definedIn: uri.toString(),
  };
}
