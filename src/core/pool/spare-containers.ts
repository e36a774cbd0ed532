import type { Engine, PreparedFunction } from '../engine.ts';
import { containerShapeOf, type Route, type RouteId } from '../route.ts';
import type { CallFacts } from '../wire/call-variables.ts';
import { coldSpecOf } from './cold-spec.ts';
import type { ContainerSnapshot } from './container-snapshot.ts';
import type { GivenUp } from './memory-budget.ts';
import type { PoolingOptions } from './pooling-options.ts';
import { SpareContainer } from './spare-container.ts';

/** A call as far as its container can see it. */
export interface ColdStartFacts {
  readonly engine: Engine;
  readonly prepared: PreparedFunction;
  readonly route: Route;
  readonly facts: CallFacts;
}

interface Spare {
  readonly container: SpareContainer;
  readonly engine: Engine;
  readonly identity: string;
  readonly route: Route;
}

/**
 * Keep Warm: for each cold route that a person has switched it on for, at most one container that was started ahead,
 * as the last call had it. One, because cold calls do not queue: it is for who calls again and again, and more would
 * take memory that nobody asked for.
 */
export class SpareContainers {
  readonly #options: PoolingOptions;
  #kept: ReadonlySet<RouteId> = new Set();
  #saved: ReadonlyMap<RouteId, Route> = new Map();
  /** Those that the next call may have, the oldest first. */
  readonly #spares = new Map<RouteId, Spare>();
  /** Those that no call has yet: with them those that one waits for, and those on their way out. */
  readonly #alive = new Set<SpareContainer>();
  /** What did not wait for its call is not started ahead again until it is another function. */
  readonly #impatient = new Map<RouteId, string>();

  constructor(options: PoolingOptions) {
    this.#options = options;
  }

  /** The routes that it is switched on for. */
  keep(routeIds: ReadonlySet<RouteId>): void {
    this.#kept = routeIds;
    for (const { route, container } of [...this.#spares.values()]) {
      if (!routeIds.has(route.id)) {
        void container.end('Keep Warm was switched off');
      }
    }
    for (const routeId of [...this.#impatient.keys()].filter((id) => !routeIds.has(id))) {
      this.#impatient.delete(routeId);
    }
  }

  /** Takes over the routes as they are saved. */
  setSaved(routes: readonly Route[]): void {
    this.#saved = new Map(routes.map((route) => [route.id, route]));
    for (const { route, container } of [...this.#spares.values()]) {
      if (!this.#isSaved(route)) {
        void container.end('the route has changed');
      }
    }
  }

  /** The code in this folder has changed. */
  drainSource(folder: string): void {
    for (const [routeId, route] of this.#saved) {
      if (route.source?.folder === folder) {
        this.#impatient.delete(routeId);
        void this.#spares.get(routeId)?.container.end('its code has changed');
      }
    }
  }

  /** A route's function was prepared anew: one that runs other code is not for its calls. */
  adopt(routeId: RouteId, engine: Engine, { identity }: PreparedFunction): void {
    const spare = this.#spares.get(routeId);
    if (spare !== undefined && !(spare.engine === engine && spare.identity === identity)) {
      void spare.container.end('its code has changed');
    }
  }

  /**
   * The container that was started ahead, if a new one would be the same to its function to the last byte; one that
   * would not is ended. It may still be starting: nobody else is given it.
   */
  claim(start: ColdStartFacts): SpareContainer | undefined {
    const { route, engine } = start;
    const spare = this.#spares.get(route.id);
    if (spare === undefined) {
      return undefined;
    }
    const { container } = spare;
    if (spare.engine !== engine || container.startedAs !== startedAs(start)) {
      void container.end('the call has another environment or other code');
      return undefined;
    }
    this.#spares.delete(route.id);
    return container;
  }

  /** Starts a container as this call had it, if its route is kept warm and its memory is free. */
  startAhead(start: ColdStartFacts): void {
    const { engine, prepared, route, facts } = start;
    const saved = this.#saved.get(route.id);
    if (saved === undefined || !this.#kept.has(route.id) || !this.#isSaved(route) || saved.idleTimeoutMs === 0) {
      return;
    }
    const as = startedAs(start);
    const there = this.#spares.get(route.id);
    if (there?.engine === engine && there.container.startedAs === as) {
      there.container.rest();
      return;
    }
    void there?.container.end('the last call had another environment or other code');
    const code = codeOf(route, prepared);
    const memory =
      this.#impatient.get(route.id) === code ? undefined : this.#options.memory.reserveNow(route.memoryMiB);
    if (memory === undefined) {
      return;
    }
    const name = this.#options.nextName(route);
    const container = new SpareContainer({
      ...this.#options,
      name,
      routeId: route.id,
      startedAs: as,
      memory,
      idleTimeoutMs: saved.idleTimeoutMs,
      start: (signal) => engine.start(prepared, { ...coldSpecOf(route, facts), name }, signal),
      onLeave: (leaving, ownDoing) => {
        if (ownDoing) {
          this.#impatient.set(route.id, code);
        }
        if (this.#spares.get(route.id)?.container === leaving) {
          this.#spares.delete(route.id);
        }
      },
      onOver: (over) => this.#alive.delete(over),
    });
    this.#alive.add(container);
    this.#spares.set(route.id, { container, engine, identity: prepared.identity, route });
    container.begin();
  }

  /** Gives up the one that has been there for longest. */
  giveUp(): GivenUp | undefined {
    const [longest] = this.#spares.values();
    return longest && { memoryMiB: longest.route.memoryMiB, gone: longest.container.end('its memory was needed') };
  }

  list(): readonly ContainerSnapshot[] {
    return [...this.#alive].map((container) => container.snapshot());
  }

  /** Ends those of one route or of all. Settles when nothing is left of them. */
  async stop(routeId: RouteId | undefined): Promise<void> {
    const meant = [...this.#alive].filter((container) => routeId === undefined || container.routeId === routeId);
    await Promise.all(meant.map((container) => container.end('stopped')));
  }

  /** Whether calls of the saved route get containers of the same shape. Asynchronous ones are never kept warm. */
  #isSaved(route: Route): boolean {
    const saved = this.#saved.get(route.id);
    return saved?.type === 'sync' && containerShapeOf(saved) === containerShapeOf(route);
  }
}

/** The order of the environment included: a function can see it. */
function startedAs({ prepared, route, facts }: ColdStartFacts): string {
  const { memoryMiB, env } = coldSpecOf(route, facts);
  return JSON.stringify([prepared.identity, memoryMiB, Object.entries(env)]);
}

function codeOf(route: Route, { identity }: PreparedFunction): string {
  return JSON.stringify([identity, containerShapeOf(route)]);
}
