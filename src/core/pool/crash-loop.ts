import type { Clock } from '../clock.ts';
import { type ErrorCode, HotFunctionsError } from '../errors.ts';
import type { RouteId } from '../route.ts';

/** How many starts in a row have to end before their first answer. Source: the contract. */
const startsUntilLoop = 3;
/** Not an engine that is away, an image that is missing or memory that is taken: they pass without a change of it. */
const ofTheFunction: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['start-failed', 'function-exited', 'out-of-memory']);
const firstBackOffMs = 1000;
const longestBackOffMs = 30_000;

/**
 * Notices a function that does not get as far as its first answer, and says when it may be started again: after
 * 1, 2, 4 … 30 s, each time it has failed once more.
 */
export class CrashLoop {
  readonly #clock: Clock;
  readonly #routeId: RouteId;
  #failures = 0;
  #blockedUntil = 0;
  #last: HotFunctionsError | undefined;

  constructor(routeId: RouteId, clock: Clock) {
    this.#routeId = routeId;
    this.#clock = clock;
  }

  /** A start has ended before its first answer. Only what the function is to blame for counts. */
  failed(error: HotFunctionsError): void {
    if (!ofTheFunction.has(error.code)) {
      return;
    }
    this.#failures += 1;
    this.#last = error;
    if (this.#failures >= startsUntilLoop) {
      const doubled = firstBackOffMs * 2 ** (this.#failures - startsUntilLoop);
      this.#blockedUntil = this.#clock.now() + Math.min(longestBackOffMs, doubled);
    }
  }

  /** An answer came, or a person asked for another try. */
  forget(): void {
    this.#failures = 0;
    this.#blockedUntil = 0;
    this.#last = undefined;
  }

  /** How long nothing is started yet, in milliseconds; undefined when something may be. */
  leftMs(): number | undefined {
    const leftMs = this.#blockedUntil - this.#clock.now();
    return leftMs > 0 ? leftMs : undefined;
  }

  /** Why nothing is started now; undefined when something may be. */
  block(): HotFunctionsError | undefined {
    const leftMs = this.leftMs();
    if (leftMs === undefined) {
      return undefined;
    }
    const seconds = Math.ceil(leftMs / 1000);
    return new HotFunctionsError(
      'crash-loop',
      `${this.#routeId} ended ${this.#failures} times in a row before its first answer; it is not started for ${seconds} s. The last time: ${this.#last?.message ?? ''}`,
      {
        hint: 'Correct and save it, or retry now.',
        ...(this.#last?.stderr === undefined ? {} : { stderr: this.#last.stderr }),
        ...(this.#last?.exitCode === undefined ? {} : { exitCode: this.#last.exitCode }),
      },
    );
  }
}
