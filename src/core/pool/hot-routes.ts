import type { Alter } from '../debug-run.ts';
import type { Engine } from '../engine.ts';
import type { HotFunctionsError } from '../errors.ts';
import { containerShapeOf, type Route, type RouteId } from '../route.ts';
import type { ContainerSnapshot } from './container-snapshot.ts';
import type { HotContainer } from './hot-container.ts';
import { HotRoute, type HotRouteOptions } from './hot-route.ts';
import type { GivenUp } from './memory-budget.ts';

/** The hot routes that are or were called: one for each saved route, and passing ones for text that is not saved. */
export class HotRoutes {
  readonly #options: HotRouteOptions;
  readonly #current = new Map<RouteId, HotRoute>();
  /** Closed to new calls; kept while anything of them runs. */
  readonly #closing = new Set<HotRoute>();
  /** For debuggers, each closed by its own. */
  readonly #opened = new Set<HotRoute>();
  #saved: ReadonlyMap<RouteId, Route> = new Map();

  constructor(options: HotRouteOptions) {
    this.#options = options;
  }

  /** Closes what a changed or removed route leaves behind; changed clocks and limits are taken over in place. */
  setSaved(routes: readonly Route[]): void {
    this.#saved = new Map(routes.map((route) => [route.id, route]));
    for (const [id, hot] of [...this.#current]) {
      const route = this.#saved.get(id);
      if (route === undefined || containerShapeOf(route) !== hot.shape) {
        this.#close(id, hot, route === undefined ? 'the route was removed' : 'the route has changed');
      } else {
        hot.pool.update(route);
      }
    }
  }

  /** Where a call to `route` goes. One whose shape is not the saved one's gets containers of its own, ended after it. */
  for(route: Route, engine: Engine): HotRoute {
    const saved = this.#saved.get(route.id);
    // Most calls bring the saved route itself, which spares its shape: 2.5 µs of a call.
    if (saved !== route && (saved === undefined || containerShapeOf(saved) !== containerShapeOf(route))) {
      const passing = new HotRoute(route, engine, this.#options);
      passing.pool.close('its text is not saved');
      this.#keepWhileUsed(passing);
      return passing;
    }
    const current = this.#current.get(route.id);
    if (current !== undefined && current.engine === engine) {
      return current;
    }
    if (current !== undefined) {
      this.#close(route.id, current, 'another engine was chosen');
    }
    const hot = new HotRoute(saved, engine, this.#options);
    this.#current.set(route.id, hot);
    return hot;
  }

  /** A route of its own for a debugger: nobody else's calls go to its one container. */
  open(route: Route, engine: Engine, alter: Alter): HotRoute {
    const hot = new HotRoute({ ...route, maxConcurrency: 1 }, engine, { ...this.#options, alter });
    this.#opened.add(hot);
    return hot;
  }

  /** Ends what was opened: its calls fail with `error`. Settles when nothing is left of it. */
  async end(opened: HotRoute, error: HotFunctionsError): Promise<void> {
    await opened.pool.destroy(error);
    this.#opened.delete(opened);
  }

  /** The live container of that name, with its route. */
  find(name: string): { readonly hot: HotRoute; readonly container: HotContainer } | undefined {
    for (const hot of this.#all()) {
      const container = hot.pool.find(name);
      if (container !== undefined) {
        return { hot, container };
      }
    }
    return undefined;
  }

  current(id: RouteId): HotRoute | undefined {
    return this.#current.get(id);
  }

  /** The code in this folder has changed. */
  drainSource(folder: string): void {
    for (const { pool } of this.#current.values()) {
      if (pool.route.source?.folder === folder) {
        pool.drain('its code has changed');
      }
    }
  }

  /** Asks the idle container that was not used for longest, of any route, to end. */
  giveUpIdle(): GivenUp | undefined {
    let longest: { readonly container: HotContainer; readonly since: number; readonly memoryMiB: number } | undefined;
    for (const { pool } of this.#all()) {
      const container = pool.longestIdle;
      const since = container?.idleSinceMs;
      if (container !== undefined && since !== undefined && since < (longest?.since ?? Number.POSITIVE_INFINITY)) {
        longest = { container, since, memoryMiB: pool.route.memoryMiB };
      }
    }
    longest?.container.retire('its memory was needed');
    return longest && { memoryMiB: longest.memoryMiB, gone: longest.container.gone };
  }

  containers(): readonly ContainerSnapshot[] {
    return this.#all().flatMap(({ pool }) => pool.containers());
  }

  /** Kills containers, of one route or of all; the calls they serve fail with `error`. */
  async stop(error: HotFunctionsError, routeId: RouteId | undefined): Promise<void> {
    const meant = this.#all().filter(({ pool }) => routeId === undefined || pool.route.id === routeId);
    await Promise.all(meant.map(({ pool }) => pool.stop(error)));
  }

  async destroy(error: HotFunctionsError): Promise<void> {
    await Promise.all(this.#all().map(({ pool }) => pool.destroy(error)));
  }

  #close(id: RouteId, hot: HotRoute, why: string): void {
    this.#current.delete(id);
    hot.pool.close(why);
    this.#keepWhileUsed(hot);
  }

  #keepWhileUsed(hot: HotRoute): void {
    for (const earlier of this.#closing) {
      if (earlier.unused) {
        this.#closing.delete(earlier);
      }
    }
    this.#closing.add(hot);
  }

  #all(): readonly HotRoute[] {
    return [...this.#current.values(), ...this.#closing, ...this.#opened];
  }
}
