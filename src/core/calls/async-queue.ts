import type { CallOutcome, CallRequest } from '../call.ts';
import { callFactsOf } from '../call-facts.ts';
import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import { HotFunctionsError } from '../errors.ts';
import { Emitter } from '../event.ts';
import type { Route, RouteId } from '../route.ts';
import type { Runner } from '../runner.ts';
import type { AsyncCallStore, AsyncEnd, ClaimedCall } from './async-call-store.ts';
import { maxInterruptions, outcomeOfThrown, type Verdict, verdictOf } from './async-verdict.ts';
import { keptError } from './kept-error.ts';

/** Between two looks for calls of other windows, where there was none. */
const lookMs = 15_000;
/** The same where there is one: what its window leaves when it ends, or whether what it waits for is there. */
const waitingMs = 2000;
/** A file that is just being edited may name no route for a while. */
const missingRouteMs = 10_000;
/** Between two tries to tell the store something. */
const storeAgainMs = 2000;
const closeWaitMs = 2000;
/** So many at once at most, of all routes. */
const maxRunning = 16;

export interface AsyncQueueOptions {
  readonly store: AsyncCallStore;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  readonly invoke: Runner['invoke'];
  /** The route as it is saved now. */
  readonly route: (routeId: RouteId) => Route | undefined;
  /** What all calls may use together, in MiB; undefined where it is not counted. */
  readonly memoryBudgetMiB: () => number | undefined;
  /** Unique, and a name for a file. */
  readonly newCallId: () => string;
  /** What was not expected to fail has failed; the queue goes on. */
  readonly onError: (error: unknown) => void;
}

/** An asynchronous call that is over. */
export interface AsyncFinished {
  readonly callId: string;
  readonly routeId: RouteId;
  readonly end: AsyncEnd;
}

interface Running {
  readonly memoryMiB: number;
  readonly abort: AbortController;
  readonly settled: Promise<void>;
}

/**
 * Calls that nobody waits for: stored first, then run in order of arrival per route, at least once, whatever becomes of
 * this window. They use at most half of the memory, so that other calls keep going; a single one may use more.
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #running = new Map<string, Running>();
  readonly #missing = new Map<RouteId, number>();
  readonly #didFinish = new Emitter<AsyncFinished>();
  readonly onDidFinish = this.#didFinish.event;
  #looking: Disposable | undefined;
  #timer: Disposable | undefined;
  #working = false;
  #again = false;
  #held = false;
  #closed = false;

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
  }

  /**
   * Settles with the call's id once it is stored durably: from then on it will be run.
   * Rejects with `invalid-request`, `store-unavailable` or `closing`, and then it will not.
   */
  async submit(route: Route, request: CallRequest): Promise<string> {
    if (this.#closed) {
      throw new HotFunctionsError('closing', 'Hot Functions is closing.');
    }
    callFactsOf(route, request);
    const callId = this.#options.newCallId();
    await this.#options.store.add({ callId, routeId: route.id, request });
    this.#pump();
    return callId;
  }

  /** Picks up what is left, now and whenever another window ends. To be called when the routes are known. */
  start(): void {
    void this.#look();
  }

  /** Something that calls waited for is there: trust, an engine, a route. */
  wake(): void {
    this.#held = false;
    this.#do(async () => {
      await this.#options.store.hurry();
      this.#pump();
    });
  }

  /** Cancels a call that waits or runs, in whatever window. False if it is neither. */
  async cancel(callId: string): Promise<boolean> {
    const running = this.#running.get(callId);
    running?.abort.abort();
    return running !== undefined || (await this.#options.store.cancel(callId));
  }

  /** Cancels those that wait, of one route or of all. Settles with how many. */
  purge(routeId?: RouteId): Promise<number> {
    return this.#options.store.cancelWaiting(routeId);
  }

  /** Takes no more calls and puts back those that run, for the next window. Settles within a bound. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.dispose();
    this.#looking?.dispose();
    const running = [...this.#running.values()];
    for (const { abort } of running) {
      abort.abort();
    }
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(closeWaitMs, resolve);
      void Promise.all(running.map(({ settled }) => settled)).then(() => {
        timer.dispose();
        resolve();
      });
    });
  }

  async #look(): Promise<void> {
    const { store, clock, onError } = this.#options;
    let isLeft = false;
    try {
      isLeft = await store.anyLeft();
      if (isLeft) {
        for (const { callId, routeId, error } of await store.recover(maxInterruptions)) {
          this.#didFinish.fire({ callId, routeId, end: { state: 'failed', error } });
        }
        this.#pump();
      }
    } catch (error) {
      // Why there is no store was told.
      if (!(error instanceof HotFunctionsError && error.code === 'store-unavailable')) {
        onError(error);
      }
    }
    if (!this.#closed) {
      this.#looking = clock.after(isLeft ? waitingMs : lookMs, () => void this.#look());
    }
  }

  /** Starts what may start now. */
  #pump(): void {
    this.#again = true;
    if (!this.#working) {
      this.#working = true;
      this.#do(() => this.#work().finally(() => (this.#working = false)));
    }
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#closed && !this.#held) {
      this.#again = false;
      await this.#cancelMarked();
      const waiting = await this.#options.store.waiting();
      let nextMs = waiting.length === 0 && this.#running.size === 0 ? undefined : waitingMs;
      for (const { routeId, notBefore } of waiting) {
        const leftMs = notBefore - this.#options.wallClock();
        if (leftMs > 0) {
          nextMs = Math.min(nextMs ?? leftMs, leftMs);
        } else if ((await this.#startRoute(routeId)) === 'no room') {
          // Who has waited longest is next: others must not take what it waits for.
          break;
        }
      }
      this.#timer?.dispose();
      this.#timer = nextMs === undefined ? undefined : this.#options.clock.after(nextMs, () => this.#pump());
    }
  }

  async #cancelMarked(): Promise<void> {
    if (this.#running.size > 0) {
      for (const callId of await this.#options.store.marked()) {
        this.#running.get(callId)?.abort.abort();
      }
    }
  }

  async #startRoute(routeId: RouteId): Promise<'no room' | 'started all'> {
    const { store, route: routeOf } = this.#options;
    while (!this.#closed && !this.#held) {
      const route = routeOf(routeId);
      if (route === undefined) {
        await this.#failMissing(routeId);
        return 'started all';
      }
      this.#missing.delete(routeId);
      if (!this.#hasRoomFor(route)) {
        return 'no room';
      }
      const claimed = await store.claim(routeId, route.maxConcurrency);
      if (claimed === undefined) {
        return 'started all';
      }
      this.#run(claimed, route);
    }
    return 'started all';
  }

  async #failMissing(routeId: RouteId): Promise<void> {
    const { store, clock } = this.#options;
    const since = this.#missing.get(routeId) ?? clock.now();
    this.#missing.set(routeId, since);
    if (clock.now() - since < missingRouteMs) {
      return;
    }
    const end: AsyncEnd = { state: 'failed', error: keptError(unknownRoute(routeId)) };
    for (;;) {
      const claimed = await store.claim(routeId, Number.MAX_SAFE_INTEGER);
      if (claimed === undefined) {
        return;
      }
      await this.#finish(claimed, end);
    }
  }

  #hasRoomFor({ memoryMiB }: Route): boolean {
    const limitMiB = this.#options.memoryBudgetMiB();
    const usedMiB = [...this.#running.values()].reduce((sum, running) => sum + running.memoryMiB, 0);
    const fits = limitMiB === undefined || usedMiB + memoryMiB <= limitMiB / 2;
    return this.#running.size === 0 || (fits && this.#running.size < maxRunning);
  }

  #run(claimed: ClaimedCall, route: Route): void {
    const abort = new AbortController();
    const settle = async (): Promise<void> => {
      const verdict = await this.#try(claimed, route, abort.signal);
      await this.#execute(claimed, verdict);
    };
    const settled = settle()
      .catch(this.#options.onError)
      .finally(() => {
        this.#running.delete(claimed.callId);
        this.#pump();
      });
    this.#running.set(claimed.callId, { memoryMiB: route.memoryMiB, abort, settled });
  }

  async #try(claimed: ClaimedCall, route: Route, signal: AbortSignal): Promise<Verdict> {
    const { store, invoke, onError } = this.#options;
    const judged = (outcome: CallOutcome, begun: boolean): Verdict => {
      const fits = route.memoryMiB <= (this.#options.memoryBudgetMiB() ?? Number.POSITIVE_INFINITY);
      return verdictOf({ outcome, begun, claimed, fits, closing: this.#closed });
    };
    const stored = await store.open(claimed.callId).catch(outcomeOfThrown);
    if ('kind' in stored) {
      return judged(stored, false);
    }
    try {
      const result = await invoke(route, stored.request, { origin: 'async', callId: claimed.callId, signal });
      // What is kept of it was recorded on its way here.
      await result.body.collect(0).catch(() => {});
      const { outcome, servedBy } = await result.finished;
      return judged(outcome, servedBy !== undefined);
    } catch (error) {
      if (!(error instanceof HotFunctionsError)) {
        onError(error);
      }
      const outcome = outcomeOfThrown(error);
      // What was aborted does not say how far it had come: the function may have been given it.
      return judged(outcome, outcome.kind === 'aborted');
    } finally {
      await stored.dispose();
    }
  }

  async #execute(claimed: ClaimedCall, verdict: Verdict): Promise<void> {
    const { store, wallClock } = this.#options;
    switch (verdict.kind) {
      case 'finish':
        await this.#finish(claimed, verdict.end);
        return;
      case 'give back': {
        const notBefore = verdict.delayMs === 0 ? 0 : wallClock() + verdict.delayMs;
        await this.#told(() => store.giveBack(claimed.callId, { ...verdict.back, notBefore }));
        return;
      }
      case 'held':
        this.#held = true;
        await this.#told(() => store.giveBack(claimed.callId, { begun: false, as: 'pause', notBefore: 0 }));
        return;
      default:
        verdict satisfies never;
    }
  }

  async #finish({ callId, routeId }: ClaimedCall, end: AsyncEnd): Promise<void> {
    if (await this.#told(() => this.#options.store.finish(callId, end))) {
      this.#didFinish.fire({ callId, routeId, end });
    }
  }

  /** Until the store has taken it: else the call would count as running for as long as this window lives. */
  async #told(tell: () => Promise<boolean>): Promise<boolean> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await tell();
      } catch (error) {
        if (this.#closed) {
          throw error;
        }
        if (failures === 0) {
          this.#options.onError(error);
        }
        await new Promise<void>((resolve) => this.#options.clock.after(storeAgainMs, resolve));
      }
    }
  }

  #do(work: () => Promise<void>): void {
    work().catch(this.#options.onError);
  }
}

function unknownRoute(routeId: RouteId): HotFunctionsError {
  return new HotFunctionsError('unknown-route', `The route ${routeId} of this call does not exist any more.`, {
    hint: 'Define it again, then run the call again from the history.',
  });
}
