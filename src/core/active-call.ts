import type { CallOutcome, CallSummary, ServedBy } from './call.ts';
import type { Clock } from './clock.ts';
import { Deadline } from './deadline.ts';
import { HotFunctionsError } from './errors.ts';
import { bodyOfBytes, type RequestBody } from './request-body.ts';
import type { Route } from './route.ts';
import type { CallFacts } from './wire/call-variables.ts';

export interface ActiveCallOptions {
  readonly id: string;
  readonly route: Route;
  readonly facts: CallFacts;
  readonly clock: Clock;
  /** What the deadline runs on: it may stand still while the other one goes on. */
  readonly deadlineClock: Clock;
  readonly signal: AbortSignal | undefined;
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
  input: RequestBody = bodyOfBytes(new Uint8Array());
  servedBy: ServedBy | undefined;
  queuedMs: number | undefined;
  preparedMs: number | undefined;
  startedMs: number | undefined;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #finished = Promise.withResolvers<CallSummary>();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onCallerAbort = (): void =>
    this.abort(new HotFunctionsError('aborted', `The call to ${this.route.id} was cancelled.`));
  #over = false;

  constructor({ id, route, facts, clock, deadlineClock, signal }: ActiveCallOptions) {
    this.id = id;
    this.route = route;
    this.facts = facts;
    this.#clock = clock;
    this.startedAt = clock.now();
    this.finished = this.#finished.promise;
    this.deadline = new Deadline(deadlineClock, route.timeoutMs, () => this.abort(timedOut(route)));
    this.#callerSignal = signal;
    signal?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  /** Its reason is always a HotFunctionsError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(error: HotFunctionsError): void {
    this.#controller.abort(error);
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
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
    const summary: CallSummary = {
      callId: this.id,
      routeId: this.route.id,
      outcome,
      ...(this.servedBy === undefined ? {} : { servedBy: this.servedBy }),
      timings: {
        ...(this.queuedMs === undefined ? {} : { queuedMs: this.queuedMs }),
        ...(this.preparedMs === undefined ? {} : { preparedMs: this.preparedMs }),
        ...(this.startedMs === undefined ? {} : { startedMs: this.startedMs }),
        ...(exchange?.firstByteMs === undefined ? {} : { firstByteMs: exchange.firstByteMs }),
        totalMs: this.#clock.now() - this.startedAt,
      },
      requestBytes: this.input.length,
      responseBytes: exchange?.responseBytes ?? 0,
    };
    this.#finished.resolve(summary);
    return summary;
  }
}

function timedOut(route: Route): HotFunctionsError {
  return new HotFunctionsError('timeout', 'Timed out', {
    hint: `${route.id} did not answer within its timeout of ${route.timeoutMs / 1000} s, queueing and container start included. Raise "timeout", or see on the wire what it was waiting for.`,
  });
}
