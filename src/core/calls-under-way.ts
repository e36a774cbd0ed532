import type { ActiveCall } from './active-call.ts';
import type { CallOutcome, CallSummary } from './call.ts';
import { outcomeOf } from './call-end.ts';
import type { Clock } from './clock.ts';
import type { HotFunctionsError } from './errors.ts';
import { LinkedList } from './linked-list.ts';
import type { RouteId } from './route.ts';
import type { Answer, ExchangeEnd } from './wire/answer.ts';

/** How long a failed call waits for its container to be gone before the answer is given. Source: the contract. */
const killWaitMs = 1000;

/** A call under way and what has counted of its timeout. */
export interface RunningCall {
  readonly callId: string;
  readonly routeId: RouteId;
  /** The name of the container that serves it, once it is known. */
  readonly container?: string;
  readonly usedMs: number;
  readonly limitMs: number;
}

/** The calls that have begun and not ended: each ends once, and is told of once. */
export class CallsUnderWay {
  readonly #clock: Clock;
  readonly #onFinish: (summary: CallSummary) => void;
  readonly #calls = new LinkedList<ActiveCall>();

  constructor(clock: Clock, onFinish: (summary: CallSummary) => void) {
    this.#clock = clock;
    this.#onFinish = onFinish;
  }

  add(call: ActiveCall): void {
    call.listed = this.#calls.add(call);
  }

  /** Ties a call to the exchange that answers it: what ends one ends the other, exactly once. */
  follow(call: ActiveCall, answer: Answer, gone: Promise<void>, release: (end: ExchangeEnd) => void): void {
    call.waitsFor(answer);
    void answer.end.then((end) => {
      release(end);
      const finish = (): void => this.finish(call, outcomeOf(answer, end), answer);
      return end.kind === 'failed' ? this.#atMost(killWaitMs, gone).then(finish) : finish();
    });
  }

  finish(call: ActiveCall, outcome: CallOutcome, answer?: Answer): void {
    const summary = call.finish(outcome, answer);
    if (summary !== undefined) {
      call.listed?.dispose();
      this.#onFinish(summary);
    }
  }

  list(): readonly RunningCall[] {
    return [...this.#calls].map(({ id, route, servedBy, deadline }) => ({
      callId: id,
      routeId: route.id,
      ...(servedBy === undefined ? {} : { container: servedBy.name }),
      usedMs: deadline.usedMs(),
      limitMs: deadline.limitMs,
    }));
  }

  /** Fails all of them. Settles when the last one has ended. */
  async abort(error: HotFunctionsError): Promise<void> {
    const calls = [...this.#calls];
    for (const call of calls) {
      call.abort(error);
    }
    await Promise.all(calls.map((call) => call.finished));
  }

  #atMost(ms: number, promise: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(ms, resolve);
      void promise.then(() => {
        timer.dispose();
        resolve();
      });
    });
  }
}
