import { ActiveCall } from './active-call.ts';
import type { CallOrigin, CallRequest, CallResult, CallSummary } from './call.ts';
import { failureOf } from './call-end.ts';
import { callFactsOf, inputOf, type UnmeasuredBody } from './call-facts.ts';
import { answeredResult, failedResult } from './call-result.ts';
import type { CallSignal } from './call-signal.ts';
import { CallsUnderWay, type RunningCall } from './calls-under-way.ts';
import type { ColdCalls } from './cold-calls.ts';
import type { Alter, AttachedRun, DebugRun } from './debug-run.ts';
import type { Disposable } from './disposable.ts';
import type { Engine, PreparedFunction } from './engine.ts';
import { HotFunctionsError } from './errors.ts';
import type { Emitter, Event } from './event.ts';
import { HoldableClock } from './holdable-clock.ts';
import { HotCalls } from './hot-calls.ts';
import { attachDebugRun, type Debugging, openDebugRun } from './open-debug-run.ts';
import type { ContainerEvents, StderrEvent } from './pool/container-events.ts';
import { containerNames } from './pool/container-names.ts';
import type { ContainerSnapshot } from './pool/container-snapshot.ts';
import { HotRoutes } from './pool/hot-routes.ts';
import { MemoryBudget } from './pool/memory-budget.ts';
import type { PoolingOptions } from './pool/pooling-options.ts';
import { prepareForCall, prepareRequestOf } from './prepare-for-call.ts';
import type { RequestBody } from './request-body.ts';
import type { Route, RouteId } from './route.ts';
import { RunnerEmitters } from './runner-emitters.ts';
import type { CallStart, InvokeOptions, PrepareOptions, RunnerOptions } from './runner-options.ts';
import type { Answer } from './wire/answer.ts';
import type { WireEvent } from './wire/recording.ts';

/** A call that has begun, and what it needs to be served. */
interface CallToServe {
  readonly call: ActiveCall;
  readonly engine: Engine;
  readonly input: RequestBody | UnmeasuredBody;
  readonly debugging: Debugging | undefined;
  readonly origin: CallOrigin;
  readonly report: InvokeOptions['report'];
}

/** The one way to call a function, cold or hot, on any engine, for whoever asks. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #hot: HotRoutes;
  readonly #calls: CallsUnderWay;
  readonly #hotCalls: HotCalls;
  readonly #pooling: PoolingOptions;
  /** Loaded where there is a cold route. */
  #cold: ColdCalls | undefined;
  #saved: readonly Route[] = [];
  #keptWarm: ReadonlySet<RouteId> = new Set();
  readonly #closed = new AbortController();
  /** What every deadline runs on. */
  readonly #deadlines: HoldableClock;

  readonly #didStartCall: Emitter<CallStart>;
  readonly onDidStartCall: Event<CallStart>;
  readonly onDidFinishCall: Event<CallSummary>;
  readonly onDidChangeContainers: Event<ContainerSnapshot>;
  readonly onWire: Event<WireEvent>;
  readonly onStderr: Event<StderrEvent>;
  /** Whether the deadlines stand still now. */
  readonly onDidHoldClocks: Event<boolean>;

  /** @param emitters those that somebody listens to already */
  constructor(options: RunnerOptions, emitters = new RunnerEmitters()) {
    this.#options = options;
    const { didStartCall, didFinishCall, didChangeContainers, wire, stderr, didHoldClocks } = emitters;
    this.#didStartCall = didStartCall;
    this.onDidStartCall = didStartCall.event;
    this.onDidFinishCall = didFinishCall.event;
    this.onDidChangeContainers = didChangeContainers.event;
    this.onWire = wire.event;
    this.onStderr = stderr.event;
    this.onDidHoldClocks = didHoldClocks.event;
    const { clock } = options;
    this.#deadlines = new HoldableClock(clock, () => didHoldClocks.fire(this.#deadlines.held));
    const events: ContainerEvents = {
      onWire: (event) => wire.fire(event),
      onStderr: (event) => stderr.fire(event),
      onChange: (snapshot) => {
        didChangeContainers.fire(snapshot);
        if (snapshot.state.kind === 'idle') {
          memory.reconsider();
        }
      },
    };
    const memory = new MemoryBudget({
      clock: this.#deadlines,
      limitMiB: options.memoryBudgetMiB ?? (() => undefined),
      // Who was started for nobody's call before who has served some.
      giveUpIdle: () => this.#cold?.spares.giveUp() ?? this.#hot.giveUpIdle(),
    });
    this.#pooling = { clock, memory, nextName: containerNames(options.containerPrefix), ...events };
    this.#hot = new HotRoutes(this.#pooling);
    this.#calls = new CallsUnderWay(clock, (summary) => didFinishCall.fire(summary));
    this.#hotCalls = new HotCalls(clock, this.#hot, this.#calls);
  }

  /** Takes over the routes as they are saved: what the contract says of a route edited while hot. */
  setRoutes(routes: readonly Route[]): void {
    this.#saved = routes;
    this.#hot.setSaved(routes);
    this.#cold?.spares.setSaved(routes);
    if (this.#cold === undefined && routes.some(({ format }) => format === 'default')) {
      // The first call would wait for it. If it fails, that call says so.
      this.#loadCold().catch(() => {});
    }
  }

  /** The code in this folder has changed: containers that run the old code end after the call they serve. */
  sourceChanged(folder: string): void {
    this.#hot.drainSource(folder);
    this.#cold?.spares.drainSource(folder);
  }

  /**
   * The cold routes of which a container is to be started ahead after each call that was answered, as that call had it.
   * The next call is given it if a new one would be the same to the function.
   */
  keepWarm(routeIds: ReadonlySet<RouteId>): void {
    this.#keptWarm = routeIds;
    this.#cold?.spares.keep(routeIds);
  }

  /**
   * Calls a function. Resolves with the answer as soon as its head is known; a failed call is an answer with
   * `error` set. Rejects with a HotFunctionsError when the call was refused before it began, or with `aborted`.
   */
  invoke(route: Route, request: CallRequest, options: InvokeOptions = {}): Promise<CallResult> {
    return this.#invoke(route, request, options);
  }

  /** Opens a route for a debugger: its calls go to containers of their own, which are started as `alter` says. */
  openDebug(route: Route, alter: Alter): DebugRun {
    return openDebugRun(route, alter, this.#hot, (...call) => this.#invoke(...call));
  }

  /**
   * Attaches a debugger to a hot container that runs: it is kept from going idle, and calls can be sent into it.
   * Throws `stopped` when there is none of that name that takes calls.
   */
  attachDebug(containerName: string): AttachedRun {
    return attachDebugRun(containerName, this.#hot, (...call) => this.#invoke(...call));
  }

  /** Stops the clocks of all calls, those that begin later included, until what it returns is disposed. */
  holdClocks(): Disposable {
    return this.#deadlines.hold();
  }

  get clocksHeld(): boolean {
    return this.#deadlines.held;
  }

  calls(): readonly RunningCall[] {
    return this.#calls.list();
  }

  // What an asynchronous function names is kept while it waits: a call waits in small ones, for a container or its answer.
  #invoke(route: Route, request: CallRequest, options: InvokeOptions, debugging?: Debugging): Promise<CallResult> {
    try {
      this.#closed.signal.throwIfAborted();
      const engine = this.#options.engine();
      return engine instanceof Promise
        ? engine.then((there) => this.#begin(there, route, request, options, debugging))
        : this.#begin(engine, route, request, options, debugging);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #begin(
    engine: Engine,
    route: Route,
    request: CallRequest,
    options: InvokeOptions,
    debugging: Debugging | undefined,
  ): Promise<CallResult> {
    this.#admit(route, engine, options.signal);
    const { clock, newCallId } = this.#options;
    const facts = callFactsOf(route, request);
    const call = new ActiveCall({
      id: options.callId ?? newCallId(),
      route,
      facts,
      clock,
      deadlineClock: this.#deadlines,
      signal: options.signal,
    });
    this.#calls.add(call);
    const origin = debugging === undefined ? (options.origin ?? 'editor') : 'debug';
    this.#didStartCall.fire({ callId: call.id, routeId: route.id, origin, format: route.format, facts });
    try {
      const input = inputOf(request, facts.method);
      if (debugging === undefined && route.format === 'http' && input.kind !== 'unmeasured') {
        call.input = input;
        const answering = this.#hotCalls.callRunning(call, engine);
        if (answering !== undefined) {
          return this.#answered(call, answering);
        }
      }
      return this.#answered(call, this.#serve({ call, engine, input, debugging, origin, report: options.report }));
    } catch (error) {
      return this.#failed(call, undefined, error);
    }
  }

  /** A call that has to wait for more than a container and its answer. */
  async #serve({ call, engine, input, debugging, origin, report }: CallToServe): Promise<Answer> {
    const stepping = debugging && call.deadline.hold();
    call.input = input.kind === 'unmeasured' ? await this.#spool(call, input.chunks) : input;
    const { clock } = this.#options;
    const prepare = (): Promise<PreparedFunction> => prepareForCall({ call, engine, clock, debugging, report });
    const answer = await (call.route.format === 'http'
      ? this.#hotCalls.call(call, engine, prepare, debugging)
      : (this.#cold ?? (await this.#loadCold())).call({ call, engine, prepare, debugging, origin }));
    stepping?.dispose();
    return answer;
  }

  async #answered(call: ActiveCall, answering: Answer | Promise<Answer>): Promise<CallResult> {
    let answer: Answer | undefined;
    try {
      answer = answering instanceof Promise ? await answering : answering;
      const { status, headers } = await answer.head;
      return answeredResult(call, status, headers, answer.body);
    } catch (error) {
      return await this.#failed(call, answer, error);
    }
  }

  /** Builds or pulls what the route needs, without a call. Rejects with the engine's HotFunctionsError. */
  async prepare(route: Route, options: PrepareOptions = {}): Promise<void> {
    this.#closed.signal.throwIfAborted();
    const engine = await this.#options.engine();
    this.#admit(route, engine, options.signal);
    const signal = AbortSignal.any([this.#closed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    const request = prepareRequestOf(route, options.force);
    const prepared = await engine.prepare(request, options.report ?? (() => {}), signal);
    const hot = this.#hot.current(route.id);
    if (hot?.engine === engine) {
      hot.adopt(prepared);
    }
    this.#cold?.spares.adopt(route.id, engine, prepared);
  }

  /** Those that are alive now, starting and draining ones included. */
  containers(): readonly ContainerSnapshot[] {
    // A container that is just being told of as gone is still known to its pool.
    return [...this.#hot.containers(), ...(this.#cold?.containers() ?? [])].filter(
      ({ state }) => state.kind !== 'gone',
    );
  }

  /** Ends containers now, of one route or of all; calls they are serving fail with `stopped`. */
  async stopContainers(routeId?: RouteId): Promise<void> {
    const error = new HotFunctionsError('stopped', 'The container was stopped.', { hint: 'Call again for a new one.' });
    await Promise.all([this.#hot.stop(error, routeId), this.#cold?.stop(error, routeId)]);
  }

  /** How long a route that is in a crash loop is not started yet, in milliseconds; undefined if it is in none. */
  backOffMs(routeId: RouteId): number | undefined {
    return this.#hot.current(routeId)?.pool.backOffMs;
  }

  /** Lets a route that is in a crash loop be started again at once. */
  retry(routeId: RouteId): void {
    this.#hot.current(routeId)?.pool.retry();
  }

  /** Takes no more calls, fails those under way and kills every container. Settles when nothing is left. */
  async close(): Promise<void> {
    const error = new HotFunctionsError('closing', 'Hot Functions is closing.');
    this.#closed.abort(error);
    // The calls first: what their containers fail with would be what ended them.
    const calls = this.#calls.abort(error);
    await Promise.all([this.#hot.destroy(error), this.#cold?.stop(error), calls]);
    this.#deadlines.dispose();
  }

  #admit(route: Route, engine: Engine, signal: CallSignal | undefined): void {
    this.#closed.signal.throwIfAborted();
    this.#options.admit(route, engine);
    if (signal?.aborted === true) {
      throw new HotFunctionsError('aborted', `The call to ${route.id} was cancelled.`);
    }
  }

  async #spool(call: ActiveCall, chunks: AsyncIterable<Uint8Array>): Promise<RequestBody> {
    const spooled = await this.#options.spool(chunks, call.signal);
    void call.finished.then(() => spooled.dispose());
    return spooled.body;
  }

  async #failed(call: ActiveCall, answer: Answer | undefined, thrown: unknown): Promise<CallResult> {
    const error = failureOf(call, thrown);
    if (answer === undefined) {
      this.#calls.finish(call, error.code === 'aborted' ? { kind: 'aborted' } : { kind: 'failed', error });
    }
    await call.finished;
    if (error.code === 'aborted') {
      throw error;
    }
    if (error.cause !== undefined && error.cause === thrown) {
      throw thrown;
    }
    return failedResult(call, answer, error);
  }

  async #loadCold(): Promise<ColdCalls> {
    const { ColdCalls } = await import('./cold-calls.ts');
    if (this.#cold === undefined) {
      const mayStartAhead = (route: Route, engine: Engine): boolean => this.#mayStartAhead(route, engine);
      this.#cold = new ColdCalls({ ...this.#pooling, calls: this.#calls, mayStartAhead });
      this.#cold.spares.setSaved(this.#saved);
      this.#cold.spares.keep(this.#keptWarm);
    }
    return this.#cold;
  }

  #mayStartAhead(route: Route, engine: Engine): boolean {
    try {
      this.#admit(route, engine, undefined);
      return true;
    } catch {
      // Closed, or not allowed any more: nobody waits for it.
      return false;
    }
  }
}
