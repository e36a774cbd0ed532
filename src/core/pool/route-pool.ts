import type { Clock } from '../clock.ts';
import { HotFunctionsError } from '../errors.ts';
import type { Route } from '../route.ts';
import type { ContainerSnapshot, ContainerState } from './container-snapshot.ts';
import { CrashLoop } from './crash-loop.ts';
import type { HotContainer } from './hot-container.ts';

/** The right to use a container for one call. Released exactly once. */
export interface Lease {
  readonly container: HotContainer;
  /** How long its start took, when it was started for want of an idle one. */
  readonly startedMs?: number;
  /** `evict` carries why the container is not at a message boundary any more. */
  release(
    how:
      | { readonly kind: 'reuse' }
      | { readonly kind: 'retire' }
      | { readonly kind: 'evict'; readonly error: HotFunctionsError },
  ): void;
}

export interface RoutePoolOptions {
  readonly clock: Clock;
  readonly nextName: () => string;
  /** Starts a container whose `onLeave` calls the pool's `left`. Rejects with a HotFunctionsError. */
  readonly start: (
    name: string,
    route: Route,
    signal: AbortSignal,
    onWaiting: (waiting: boolean) => void,
  ) => Promise<HotContainer>;
  readonly onChange: (snapshot: ContainerSnapshot) => void;
}

interface Waiter {
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: HotFunctionsError) => void;
}

interface Start {
  readonly controller: AbortController;
  waitsForMemory: boolean;
}

/**
 * The hot containers of one route. Calls take the most recently used idle one, so that spare ones go idle; else
 * a new one is started while below `maxConcurrency`; else they wait in order of arrival.
 *
 * Invariant: `#serving` and `#starting` together never exceed `maxConcurrency`; a container is in one set only.
 */
export class RoutePool {
  #route: Route;
  readonly #options: RoutePoolOptions;
  /** Alive and not on their way out, idle ones included. */
  readonly #serving = new Set<HotContainer>();
  /** Most recently used last. */
  readonly #idle: HotContainer[] = [];
  readonly #starting = new Map<string, Start>();
  /** On their way out; they take no calls. */
  readonly #leaving = new Set<HotContainer>();
  /** Still busy with a call after which they retire, because the route or its code has changed. */
  readonly #outdated = new Set<HotContainer>();
  readonly #waiters: Waiter[] = [];
  /** Those that wait for one container and no other, because a debugger is attached to it. */
  readonly #directed = new Map<HotContainer, Waiter[]>();
  readonly #crashLoop: CrashLoop;
  #state:
    | { readonly kind: 'open' }
    | { readonly kind: 'closing'; readonly why: string }
    | { readonly kind: 'destroyed'; readonly error: HotFunctionsError } = { kind: 'open' };

  constructor(route: Route, options: RoutePoolOptions) {
    this.#route = route;
    this.#options = options;
    this.#crashLoop = new CrashLoop(route.id, options.clock);
  }

  get route(): Route {
    return this.#route;
  }

  /** Whether the next call would have a container started for it. */
  get wantsContainer(): boolean {
    return this.#idle.length === 0 && this.#mayStart;
  }

  /** Takes over changed clocks and limits: `maxConcurrency` from the next call, `idleTimeoutMs` for new containers. */
  update(route: Route): void {
    this.#route = route;
    this.#scale();
  }

  /**
   * Rejects with the signal's reason, with the failure of a start, with `crash-loop`, or with `closing`.
   *
   * @param only the one container that will do; `stopped` if it serves no more
   */
  acquire(signal: AbortSignal, only?: HotContainer): Promise<Lease> {
    if (this.#state.kind === 'destroyed') {
      return Promise.reject(this.#state.error);
    }
    if (signal.aborted) {
      return Promise.reject(signal.reason);
    }
    if (only !== undefined && !this.#serving.has(only)) {
      return Promise.reject(hasEnded(only));
    }
    const idle = this.leaseIdle(only);
    if (idle !== undefined) {
      return Promise.resolve(idle);
    }
    const line = only === undefined ? this.#waiters : this.#lineFor(only);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        line.splice(line.indexOf(waiter), 1);
        reject(signal.reason);
        this.#abortSpareStarts();
      };
      const waiter: Waiter = {
        resolve: (lease) => {
          signal.removeEventListener('abort', leave);
          resolve(lease);
        },
        reject: (error) => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      line.push(waiter);
      this.#scale();
      this.#refuseInCrashLoop();
    });
  }

  /** What `acquire` would give at once, if anything: most calls need no promise. */
  leaseIdle(only?: HotContainer): Lease | undefined {
    const container = only === undefined || this.#idle.at(-1) === only ? this.#idle.pop() : this.#takeIdle(only);
    return container && this.#lease(container);
  }

  #takeIdle(container: HotContainer): HotContainer | undefined {
    const at = this.#idle.indexOf(container);
    return at === -1 ? undefined : this.#idle.splice(at, 1)[0];
  }

  #lineFor(container: HotContainer): Waiter[] {
    const line = this.#directed.get(container) ?? [];
    this.#directed.set(container, line);
    return line;
  }

  /** The container of this name that may be given calls. */
  find(name: string): HotContainer | undefined {
    return [...this.#serving].find((container) => container.name === name);
  }

  /** Of a crash loop, how long nothing is started yet, in milliseconds. */
  get backOffMs(): number | undefined {
    return this.#crashLoop.leftMs();
  }

  /** Lets a route that is in a crash loop be started again at once. */
  retry(): void {
    this.#crashLoop.forget();
  }

  /** To be called by each container when it can serve no more. */
  left(container: HotContainer): void {
    this.#serving.delete(container);
    this.#outdated.delete(container);
    const at = this.#idle.indexOf(container);
    if (at !== -1) {
      this.#idle.splice(at, 1);
    }
    for (const waiter of this.#directed.get(container) ?? []) {
      waiter.reject(hasEnded(container));
    }
    this.#directed.delete(container);
    this.#leaving.add(container);
    void container.gone.then(() => this.#leaving.delete(container));
    if (container.failedStart !== undefined) {
      this.#crashLoop.failed(container.failedStart);
    }
    this.#scale();
    this.#refuseInCrashLoop();
  }

  /** Old containers finish their call and end; the next calls get new ones, without waiting for that. */
  drain(why: string): void {
    this.#crashLoop.forget();
    for (const start of this.#starting.values()) {
      start.controller.abort(new HotFunctionsError('closing', why));
    }
    for (const container of [...this.#serving]) {
      if (this.#idle.includes(container)) {
        container.retire(why);
      } else {
        this.#serving.delete(container);
        this.#outdated.add(container);
      }
    }
    this.#scale();
  }

  /** Kills every container; the calls they serve fail with `error`. Those that wait get new ones. */
  async stop(error: HotFunctionsError): Promise<void> {
    for (const start of this.#starting.values()) {
      start.controller.abort(error);
    }
    await Promise.all(this.#alive().map((container) => container.evict(error)));
  }

  /**
   * No container goes idle from here on: idle ones end now, busy ones as soon as nobody waits. Calls that were on
   * their way to this pool are still served.
   */
  close(why: string): void {
    if (this.#state.kind === 'open') {
      this.#state = { kind: 'closing', why };
      for (const container of [...this.#idle]) {
        container.retire(why);
      }
    }
  }

  /** Kills every container and fails every call, those that wait included. Settles when nothing is left. */
  async destroy(error: HotFunctionsError): Promise<void> {
    this.#state = { kind: 'destroyed', error };
    for (const waiter of [...this.#waiters.splice(0), ...[...this.#directed.values()].flat()]) {
      waiter.reject(error);
    }
    this.#directed.clear();
    await this.stop(error);
  }

  /** The idle container that was not used for longest and that no debugger keeps. */
  get longestIdle(): HotContainer | undefined {
    return this.#idle.find(({ pinned }) => !pinned);
  }

  get empty(): boolean {
    return this.#waiters.length + this.#starting.size + this.#alive().length === 0;
  }

  containers(): readonly ContainerSnapshot[] {
    return [
      ...[...this.#starting.keys()].map((name) => this.#startingSnapshot(name)),
      ...this.#alive().map((container) => container.snapshot()),
    ];
  }

  #alive(): readonly HotContainer[] {
    return [...this.#serving, ...this.#outdated, ...this.#leaving];
  }

  #lease(container: HotContainer, startedMs?: number): Lease {
    let released = false;
    return {
      container,
      ...(startedMs === undefined ? {} : { startedMs }),
      release: (how) => {
        if (released) {
          throw new Error(`The lease on ${container.name} was released twice.`);
        }
        released = true;
        if (container.answered) {
          this.#crashLoop.forget();
        }
        if (how.kind === 'evict') {
          void container.evict(how.error);
        } else if (how.kind === 'retire' || this.#outdated.has(container)) {
          container.retire(how.kind === 'retire' ? 'it asked to close' : 'the route has changed');
        } else if (container.serves) {
          this.#offer(container);
        }
      },
    };
  }

  #offer(container: HotContainer, startedMs?: number): void {
    const waiter = this.#directed.get(container)?.shift() ?? this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve(this.#lease(container, startedMs));
      return;
    }
    if (this.#state.kind === 'closing') {
      container.retire(this.#state.why);
      return;
    }
    this.#idle.push(container);
    // May retire at once, which takes it off the list again.
    container.rest();
  }

  get #mayStart(): boolean {
    return (
      this.#state.kind !== 'destroyed' &&
      this.#serving.size + this.#starting.size < this.#route.maxConcurrency &&
      this.#crashLoop.block() === undefined
    );
  }

  #scale(): void {
    while (this.#starting.size < this.#waiters.length && this.#mayStart) {
      void this.#start();
    }
  }

  async #start(): Promise<void> {
    const { clock, nextName, start, onChange } = this.#options;
    const name = nextName();
    const controller = new AbortController();
    const since = clock.now();
    const starting: Start = { controller, waitsForMemory: false };
    this.#starting.set(name, starting);
    onChange(this.#startingSnapshot(name));
    const onWaiting = (waiting: boolean): void => {
      starting.waitsForMemory = waiting;
      onChange(this.#startingSnapshot(name));
    };
    try {
      const container = await start(name, this.#route, controller.signal, onWaiting);
      this.#starting.delete(name);
      this.#serving.add(container);
      if (controller.signal.aborted) {
        void container.evict(controller.signal.reason);
      } else if (container.serves) {
        this.#offer(container, clock.now() - since);
      } else {
        this.left(container);
      }
    } catch (error) {
      this.#starting.delete(name);
      onChange({ ...this.#startingSnapshot(name), state: { kind: 'gone', why: 'did not start' } });
      if (!controller.signal.aborted) {
        this.#crashLoop.failed(asStartFailure(error));
        // The caller at the head of the queue is the one this start was for; the others get starts of their own.
        this.#waiters.shift()?.reject(asStartFailure(error));
      }
    }
    this.#scale();
    this.#refuseInCrashLoop();
  }

  /** Who waits while nothing runs and nothing is started would wait in vain. */
  #refuseInCrashLoop(): void {
    const block = this.#crashLoop.block();
    if (block !== undefined && this.#serving.size + this.#starting.size === 0) {
      for (const waiter of this.#waiters.splice(0)) {
        waiter.reject(block);
      }
    }
  }

  /** A start is for a caller; when the caller has gone away, the youngest start is for nobody. */
  #abortSpareStarts(): void {
    const spare = [...this.#starting.values()].filter((start) => !start.controller.signal.aborted);
    for (const start of spare.slice(this.#waiters.length)) {
      start.controller.abort(new HotFunctionsError('aborted', 'The call it was for has ended.'));
    }
  }

  #startingSnapshot(name: string): ContainerSnapshot {
    const waits = this.#starting.get(name)?.waitsForMemory === true;
    const state: ContainerState = { kind: 'starting', ...(waits ? { waitingFor: 'memory' } : {}) };
    return { name, engineId: '', routeId: this.#route.id, format: 'http', state, served: 0 };
  }
}

function hasEnded(container: HotContainer): HotFunctionsError {
  return new HotFunctionsError('stopped', `The container ${container.name} serves no more calls.`, {
    hint: 'Call again without it: a new container is started.',
  });
}

function asStartFailure(error: unknown): HotFunctionsError {
  return error instanceof HotFunctionsError
    ? error
    : new HotFunctionsError('start-failed', `The container did not start: ${error}`, { cause: error });
}
