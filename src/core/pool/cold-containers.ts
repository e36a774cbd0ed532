import type { ActiveCall } from '../active-call.ts';
import type { Alter } from '../debug-run.ts';
import type { Engine, PreparedFunction } from '../engine.ts';
import type { HotFunctionsError } from '../errors.ts';
import type { RouteId } from '../route.ts';
import { ColdContainer } from './cold-container.ts';
import { coldSpecOf } from './cold-spec.ts';
import type { ContainerSnapshot } from './container-snapshot.ts';
import type { Reservation } from './memory-budget.ts';
import type { PoolingOptions } from './pooling-options.ts';
import type { Taken } from './spare-container.ts';
import { startWithinBudget } from './start-within-budget.ts';

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
  readonly #options: PoolingOptions;
  readonly #starting = new Map<string, ContainerSnapshot>();
  readonly #running = new Set<ColdContainer>();

  constructor(options: PoolingOptions) {
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
      const usual = coldSpecOf(route, call.facts);
      const alteration = await alter?.(await engine.inspect(prepared, call.signal), engine);
      const memoryMiB = usual.memoryMiB + (alteration?.extraMemoryMiB ?? 0);
      const spec = { ...usual, name, memoryMiB, ...(alteration === undefined ? {} : { alteration }) };
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

  /** A container that was started ahead serves `call`, and begins when it is told to. */
  adopt({ container, memory, ...before }: Taken, name: string, call: ActiveCall): ColdContainer {
    return this.#adopt(new ColdContainer(container, { name, call, debugged: false, before, ...this.#options }), memory);
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
    this.#starting.delete(container.name);
    this.#running.add(container);
    // Whoever hears of it may look it up.
    this.#options.onChange(container.snapshot());
    void container.gone.then(() => {
      this.#running.delete(container);
      memory.release();
    });
    return container;
  }
}
