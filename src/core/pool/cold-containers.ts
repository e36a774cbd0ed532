import type { ActiveCall } from '../active-call.ts';
import type { Clock } from '../clock.ts';
import type { Alter } from '../debug-run.ts';
import type { Engine, PreparedFunction } from '../engine.ts';
import type { HotFunctionsError } from '../errors.ts';
import type { Route, RouteId } from '../route.ts';
import { callVariables, containerEnvironment } from '../wire/call-variables.ts';
import { ColdContainer } from './cold-container.ts';
import type { ContainerEvents } from './container-events.ts';
import type { ContainerSnapshot } from './container-snapshot.ts';
import type { MemoryBudget, Reservation } from './memory-budget.ts';
import { startWithinBudget } from './start-within-budget.ts';

export interface ColdContainersOptions extends ContainerEvents {
  readonly clock: Clock;
  readonly memory: MemoryBudget;
  readonly nextName: (route: Route) => string;
}

export interface ColdStart {
  readonly engine: Engine;
  readonly prepared: PreparedFunction;
  readonly call: ActiveCall;
  /** For a debugger: how it is started. */
  readonly alter: Alter | undefined;
  readonly onWritten: (() => Promise<void>) | undefined;
}

/** The containers of cold calls: one for each call, from its start until nothing is left of it. */
export class ColdContainers {
  readonly #options: ColdContainersOptions;
  readonly #starting = new Map<string, ContainerSnapshot>();
  readonly #running = new Set<ColdContainer>();

  constructor(options: ColdContainersOptions) {
    this.#options = options;
  }

  /** Starts a container for `call`, which begins when it is told to. Rejects as the engine's start does. */
  async start({ engine, prepared, call, alter, onWritten }: ColdStart): Promise<ColdContainer> {
    const { route } = call;
    const name = this.#options.nextName(route);
    const starting: ContainerSnapshot = {
      name,
      engineId: '',
      routeId: route.id,
      format: 'default',
      state: { kind: 'starting' },
      served: 0,
    };
    this.#show(name, starting);
    const onWaiting = (waiting: boolean): void =>
      this.#show(name, waiting ? { ...starting, state: { kind: 'starting', waitingFor: 'memory' } } : starting);
    try {
      const env = Object.fromEntries([...containerEnvironment(route), ...callVariables(route, call.facts)]);
      const { id: routeId, format } = route;
      const alteration = await alter?.(await engine.inspect(prepared, call.signal), engine);
      const memoryMiB = route.memoryMiB + (alteration?.extraMemoryMiB ?? 0);
      const spec = { name, routeId, format, memoryMiB, env, ...(alteration === undefined ? {} : { alteration }) };
      const start = { engine, prepared, spec, signal: call.signal, onWaiting };
      const { container, memory } = await startWithinBudget(this.#options.memory, start);
      const debugged = alteration !== undefined;
      return this.#adopt(new ColdContainer(container, { name, call, debugged, onWritten, ...this.#options }), memory);
    } catch (error) {
      this.#options.onChange({ ...starting, state: { kind: 'gone', why: 'did not start' } });
      throw error;
    } finally {
      this.#starting.delete(name);
    }
  }

  list(): readonly ContainerSnapshot[] {
    return [...this.#starting.values(), ...[...this.#running].map((container) => container.snapshot())];
  }

  /** Kills containers, of one route or of all; their calls fail with `error`. */
  async stop(error: HotFunctionsError, routeId?: RouteId): Promise<void> {
    const meant = [...this.#running].filter((one) => routeId === undefined || one.snapshot().routeId === routeId);
    await Promise.all(meant.map((container) => container.evict(error)));
  }

  #show(name: string, starting: ContainerSnapshot): void {
    this.#starting.set(name, starting);
    this.#options.onChange(starting);
  }

  #adopt(container: ColdContainer, memory: Reservation): ColdContainer {
    this.#running.add(container);
    void container.gone.then(() => {
      this.#running.delete(container);
      memory.release();
    });
    return container;
  }
}
