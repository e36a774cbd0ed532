import type { Clock } from '../clock.ts';
import { HotFunctionsError } from '../errors.ts';
import type { Route } from '../route.ts';
import type { ContainerSnapshot } from './container-snapshot.ts';
import { CrashLoop } from './crash-loop.ts';
import type { HotContainer } from './hot-container.ts';
import { type Caller, hasEnded, type Lease } from './lease.ts';
import { LeaseQueue } from './lease-queue.ts';
import { PoolStarts } from './pool-starts.ts';

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
  readonly #starting: PoolStarts;
  /** On their way out; they take no calls. */
  readonly #leaving = new Set<HotContainer>();
  /** Still busy with a call after which they retire, because the route or its code has changed. */
  readonly #outdated = new Set<HotContainer>();
  readonly #waiters = new LeaseQueue();
  readonly #crashLoop: CrashLoop;
  #state:
    | { readonly kind: 'open' }
    | { readonly kind: 'closing'; readonly why: string }
    | { readonly kind: 'destroyed'; readonly error: HotFunctionsError } = { kind: 'open' };

  constructor(route: Route, options: RoutePoolOptions) {
    this.#route = route;
    this.#options = options;
    this.#starting = new PoolStarts(route.id, options.onChange);
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
   * Rejects with what has ended the call, with the failure of a start, with `crash-loop`, or with `closing`.
   *
   * @param only the one container that will do; `stopped` if it serves no more
   */
  acquire(caller: Caller, only?: HotContainer): Promise<Lease> {
    if (this.#state.kind === 'destroyed') {
      return Promise.reject(this.#state.error);
    }
    if (caller.abortedBy !== undefined) {
      return Promise.reject(caller.abortedBy);
    }
    if (only !== undefined && !this.#serving.has(only)) {
      return Promise.reject(hasEnded(only));
    }
    const idle = this.leaseIdle(only);
    if (idle !== undefined) {
      return Promise.resolve(idle);
    }
    const lease = this.#waiters.wait(caller, only, () => this.#starting.abortAllBut(this.#waiters.length));
    this.#scale();
    this.#refuseInCrashLoop();
    return lease;
  }

  /** What `acquire` would give at once, if anything: most calls need no promise. */
  leaseIdle(only?: HotContainer): Lease | undefined {
    const container = only === undefined || this.#idle.at(-1) === only ? this.#idle.pop() : this.#takeIdle(only);
    return container && this.#lease(container, undefined);
  }

  #takeIdle(container: HotContainer): HotContainer | undefined {
    const at = this.#idle.indexOf(container);
    return at === -1 ? undefined : this.#idle.splice(at, 1)[0];
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
    this.#waiters.left(container);
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
    this.#starting.abort(new HotFunctionsError('closing', why));
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
    this.#starting.abort(error);
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
    this.#waiters.destroy(error);
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
    return [...this.#starting.snapshots(), ...this.#alive().map((container) => container.snapshot())];
  }

  #alive(): readonly HotContainer[] {
    return [...this.#serving, ...this.#outdated, ...this.#leaving];
  }

  #lease(container: HotContainer, startedMs: number | undefined): Lease {
    let released = false;
    return {
      container,
      startedMs,
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
    const waiter = this.#waiters.next(container);
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
    const { clock, nextName, start } = this.#options;
    const since = clock.now();
    const starting = this.#starting.begin(nextName());
    const { name, signal, onWaiting } = starting;
    try {
      const container = await start(name, this.#route, signal, onWaiting);
      this.#starting.succeeded(starting);
      this.#serving.add(container);
      if (signal.aborted) {
        void container.evict(signal.reason);
      } else if (container.serves) {
        this.#offer(container, clock.now() - since);
      } else {
        this.left(container);
      }
    } catch (error) {
      this.#starting.failed(starting);
      if (!signal.aborted) {
        this.#crashLoop.failed(asStartFailure(error));
        // The caller at the head of the queue is the one this start was for; the others get starts of their own.
        this.#waiters.refuseFirst(asStartFailure(error));
      }
    }
    this.#scale();
    this.#refuseInCrashLoop();
  }

  /** Who waits while nothing runs and nothing is started would wait in vain. */
  #refuseInCrashLoop(): void {
    const block = this.#crashLoop.block();
    if (block !== undefined && this.#serving.size + this.#starting.size === 0) {
      this.#waiters.refuseAll(block);
    }
  }
}

function asStartFailure(error: unknown): HotFunctionsError {
  return error instanceof HotFunctionsError
    ? error
    : new HotFunctionsError('start-failed', `The container did not start: ${error}`, { cause: error });
}
