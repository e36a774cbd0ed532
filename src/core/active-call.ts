import type { CallOutcome, CallSummary, CallTimings, ServedBy } from './call.ts';
import type { CallSignal } from './call-signal.ts';
import type { Clock } from './clock.ts';
import { Deadline } from './deadline.ts';
import type { Disposable } from './disposable.ts';
import { HotFunctionsError } from './errors.ts';
import { bodyOfBytes, type RequestBody } from './request-body.ts';
import type { Route } from './route.ts';
import type { Answer } from './wire/answer.ts';
import type { CallFacts } from './wire/call-variables.ts';

const noBody = bodyOfBytes(new Uint8Array());

export interface ActiveCallOptions {
  readonly id: string;
  readonly route: Route;
  readonly facts: CallFacts;
  readonly clock: Clock;
  /** What the deadline runs on: it may stand still while the other one goes on. */
  readonly deadlineClock: Clock;
  readonly signal: CallSignal | undefined;
}

/** A call from its beginning to its end: its clock, what can end it early, and what is known of it so far. */
export class ActiveCall {
  readonly id: string;
  readonly route: Route;
  /** A debugger may change them until the request is written. */
  facts: CallFacts;
  readonly startedAt: number;
  readonly deadline: Deadline;
  /** Settles once, with the call's whole story. Never rejects. */
  readonly finished: Promise<CallSummary>;
  input: RequestBody = noBody;
  servedBy: ServedBy | undefined;
  queuedMs: number | undefined;
  preparedMs: number | undefined;
  startedMs: number | undefined;
  /** Its place among the calls under way. */
  listed: Disposable | undefined;
  readonly #clock: Clock;
  /** Made for whoever waits for something else than the answer: calls of idle containers spare it, 1 µs each. */
  #controller: AbortController | undefined;
  #abortedBy: HotFunctionsError | undefined;
  #awaited: Pick<Answer, 'fail'> | undefined;
  readonly #finished = Promise.withResolvers<CallSummary>();
  readonly #callerSignal: { readonly signal: CallSignal; readonly onAbort: () => void } | undefined;
  #over = false;

  constructor({ id, route, facts, clock, deadlineClock, signal }: ActiveCallOptions) {
    this.id = id;
    this.route = route;
    this.facts = facts;
    this.#clock = clock;
    this.startedAt = clock.now();
    this.finished = this.#finished.promise;
    this.deadline = new Deadline(deadlineClock, route.timeoutMs, () => this.abort(timedOut(route)));
    if (signal !== undefined) {
      const onAbort = (): void =>
        this.abort(new HotFunctionsError('aborted', `The call to ${route.id} was cancelled.`));
      signal.addEventListener('abort', onAbort);
      this.#callerSignal = { signal, onAbort };
    }
  }

  /** Its reason is always a HotFunctionsError. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortedBy !== undefined) {
        this.#controller.abort(this.#abortedBy);
      }
    }
    return this.#controller.signal;
  }

  /** What has ended it early. */
  get abortedBy(): HotFunctionsError | undefined {
    return this.#abortedBy;
  }

  abort(error: HotFunctionsError): void {
    if (this.#abortedBy === undefined) {
      this.#abortedBy = error;
      this.#controller?.abort(error);
      this.#awaited?.fail(error);
    }
  }

  /** From here on an abort fails `what`, which the call waits for: its place in a line, then its answer. */
  waitsFor(what: Pick<Answer, 'fail'>): void {
    this.#awaited = what;
    if (this.#abortedBy !== undefined) {
      what.fail(this.#abortedBy);
    }
  }

  /** @returns the summary, or undefined when the call had ended already. */
  finish(
    outcome: CallOutcome,
    exchange?: { readonly responseBytes: number; readonly firstByteMs: number | undefined },
  ): CallSummary | undefined {
    if (this.#over) {
      return undefined;
    }
    this.#over = true;
    this.deadline.dispose();
    this.#callerSignal?.signal.removeEventListener('abort', this.#callerSignal.onAbort);
    const summary: { -readonly [fact in keyof CallSummary]: CallSummary[fact] } = {
      callId: this.id,
      routeId: this.route.id,
      outcome,
      timings: this.#timings(exchange?.firstByteMs),
      requestBytes: this.input.length,
      responseBytes: exchange?.responseBytes ?? 0,
    };
    if (this.servedBy !== undefined) {
      summary.servedBy = this.servedBy;
    }
    this.#finished.resolve(summary);
    return summary;
  }

  #timings(firstByteMs: number | undefined): CallTimings {
    const timings: { -readonly [phase in keyof CallTimings]: CallTimings[phase] } = {
      totalMs: this.#clock.now() - this.startedAt,
    };
    if (this.queuedMs !== undefined) {
      timings.queuedMs = this.queuedMs;
    }
    if (this.preparedMs !== undefined) {
      timings.preparedMs = this.preparedMs;
    }
    if (this.startedMs !== undefined) {
      timings.startedMs = this.startedMs;
    }
    if (firstByteMs !== undefined) {
      timings.firstByteMs = firstByteMs;
    }
    return timings;
  }
}

function timedOut(route: Route): HotFunctionsError {
  return new HotFunctionsError('timeout', 'Timed out', {
    hint: `${route.id} did not answer within its timeout of ${route.timeoutMs / 1000} s, queueing and container start included. Raise "timeout", or see on the wire what it was waiting for.`,
  });
}
