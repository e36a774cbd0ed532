import type { Clock } from '../clock.ts';
import type { Engine, PreparedFunction } from '../engine.ts';
import { containerShapeOf, type Route } from '../route.ts';
import { containerEnvironment, type Variables } from '../wire/call-variables.ts';
import { configHeaders } from '../wire/encode-request.ts';
import type { ContainerEvents } from './container-events.ts';
import { HotContainer } from './hot-container.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { type Lease, RoutePool } from './route-pool.ts';
import { startWithinBudget } from './start-within-budget.ts';

export interface HotRouteOptions extends ContainerEvents {
  readonly clock: Clock;
  readonly memory: MemoryBudget;
  readonly nextName: (route: Route) => string;
}

interface HotStart {
  readonly name: string;
  readonly route: Route;
  readonly signal: AbortSignal;
  readonly onWaiting: (waiting: boolean) => void;
}

/** A hot route on one engine: its pool, and what its calls share. */
export class HotRoute {
  readonly engine: Engine;
  readonly shape: string;
  /** The route's config as the header lines that every request has. */
  readonly config: Variables;
  readonly pool: RoutePool;
  #prepared: PreparedFunction | undefined;
  /** Calls on their way to a lease: they may not have reached the pool yet. */
  #leasing = 0;

  constructor(route: Route, engine: Engine, options: HotRouteOptions) {
    this.engine = engine;
    this.shape = containerShapeOf(route);
    this.config = configHeaders(route);
    const { clock, nextName, onChange } = options;
    this.pool = new RoutePool(route, {
      clock,
      onChange,
      nextName: () => nextName(this.pool.route),
      start: (name, current, signal, onWaiting) => this.#start({ name, route: current, signal, onWaiting }, options),
    });
  }

  /** Whether nothing runs and nobody is on the way here. */
  get unused(): boolean {
    return this.#leasing === 0 && this.pool.empty;
  }

  /** @param prepare called when a container has to be started, before it is. */
  async lease(prepare: () => Promise<PreparedFunction>, signal: AbortSignal): Promise<Lease> {
    this.#leasing += 1;
    try {
      if (this.pool.wantsContainer) {
        this.adopt(await prepare());
      }
      return await this.pool.acquire(signal);
    } finally {
      this.#leasing -= 1;
    }
  }

  /** From here on containers start from `prepared`; those that run other code end after their call. */
  adopt(prepared: PreparedFunction): void {
    if (this.#prepared !== undefined && this.#prepared.identity !== prepared.identity) {
      this.pool.drain('its code has changed');
    }
    this.#prepared = prepared;
  }

  async #start({ name, route, signal, onWaiting }: HotStart, options: HotRouteOptions): Promise<HotContainer> {
    if (this.#prepared === undefined) {
      throw new Error(`${route.id} was to be started before it was prepared.`);
    }
    const spec = {
      name,
      routeId: route.id,
      format: route.format,
      memoryMiB: route.memoryMiB,
      env: Object.fromEntries(containerEnvironment(route)),
    };
    const { clock, memory: budget, onWire, onStderr, onChange } = options;
    const start = { engine: this.engine, prepared: this.#prepared, spec, signal, onWaiting };
    const { container, memory } = await startWithinBudget(budget, start);
    const hot = new HotContainer(container, {
      name,
      routeId: route.id,
      idleTimeoutMs: route.idleTimeoutMs,
      clock,
      onWire,
      onStderr,
      onChange,
      onLeave: (leaving) => this.pool.left(leaving),
    });
    void hot.gone.then(() => memory.release());
    return hot;
  }
}
