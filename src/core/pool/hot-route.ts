import type { Alter } from '../debug-run.ts';
import type { Engine, PreparedFunction } from '../engine.ts';
import { containerShapeOf, type Route } from '../route.ts';
import { containerEnvironment } from '../wire/call-variables.ts';
import { type RequestTemplate, requestTemplate } from '../wire/encode-request.ts';
import { HotContainer } from './hot-container.ts';
import type { Caller, Lease } from './lease.ts';
import type { PoolingOptions } from './pooling-options.ts';
import { RoutePool } from './route-pool.ts';
import { startWithinBudget } from './start-within-budget.ts';

export interface HotRouteOptions extends PoolingOptions {
  /** Of a route that is opened for a debugger: how its containers are started. */
  readonly alter?: Alter;
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
  /** What all of its requests have in common. */
  readonly template: RequestTemplate;
  readonly pool: RoutePool;
  #prepared: PreparedFunction | undefined;
  /** Calls on their way to a lease: they may not have reached the pool yet. */
  #leasing = 0;

  constructor(route: Route, engine: Engine, options: HotRouteOptions) {
    this.engine = engine;
    this.shape = containerShapeOf(route);
    this.template = requestTemplate(route);
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

  /** Without waiting, if there is an idle container. */
  leaseIdle(only: HotContainer | undefined): Lease | undefined {
    return this.pool.leaseIdle(only);
  }

  /**
   * @param prepare called when a container has to be started, before it is
   * @param only the one container that will do
   */
  lease(prepare: () => Promise<PreparedFunction>, caller: Caller, only: HotContainer | undefined): Promise<Lease> {
    return only === undefined && this.pool.wantsContainer
      ? this.#prepareAndLease(prepare, caller)
      : this.pool.acquire(caller, only);
  }

  async #prepareAndLease(prepare: () => Promise<PreparedFunction>, caller: Caller): Promise<Lease> {
    this.#leasing += 1;
    try {
      this.adopt(await prepare());
      return await this.pool.acquire(caller);
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
    const { clock, memory: budget, alter, onWire, onStderr, onChange } = options;
    const prepared = this.#prepared;
    const alteration = await alter?.(await this.engine.inspect(prepared, signal), this.engine);
    const spec = {
      name,
      routeId: route.id,
      format: route.format,
      memoryMiB: route.memoryMiB + (alteration?.extraMemoryMiB ?? 0),
      env: Object.fromEntries(containerEnvironment(route)),
      ...(alteration === undefined ? {} : { alteration }),
    };
    const start = { engine: this.engine, prepared, spec, signal, onWaiting };
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
    if (alteration !== undefined) {
      // For as long as it lives: only the debugger's calls go to it.
      hot.pin();
    }
    return hot;
  }
}
