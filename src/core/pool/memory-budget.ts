import type { Clock } from '../clock.ts';
import { HotFunctionsError } from '../errors.ts';

/** How long a start waits for memory. Source: the contract. */
const longestWaitMs = 10_000;

/** Memory that counts as used until it is released. Releasing it twice throws. */
export interface Reservation {
  release(): void;
}

/** A container that was asked to end. */
export interface GivenUp {
  readonly memoryMiB: number;
  readonly gone: Promise<void>;
}

export interface MemoryBudgetOptions {
  readonly clock: Clock;
  /** In MiB; undefined where memory is not counted. */
  readonly limitMiB: () => number | undefined;
  /** Asks a container that no call needs to end; undefined if there is none. */
  readonly giveUpIdle: () => GivenUp | undefined;
}

interface Waiter {
  readonly memoryMiB: number;
  readonly admit: (reservation: Reservation) => void;
}

/**
 * Keeps the sum of the limits of live containers under a bound. Who asks for more than is free waits in order of
 * arrival, while idle containers are given up for the first in line, and is refused after ten seconds.
 */
export class MemoryBudget {
  readonly #options: MemoryBudgetOptions;
  readonly #waiters: Waiter[] = [];
  #usedMiB = 0;
  /** Of containers that were given up and are not gone yet. */
  #comingMiB = 0;

  constructor(options: MemoryBudgetOptions) {
    this.#options = options;
  }

  /**
   * Rejects with `no-memory`, or with the signal's reason.
   *
   * @param onWait called when the memory is not free at once
   */
  reserve(memoryMiB: number, signal: AbortSignal, onWait: () => void): Promise<Reservation> {
    if (signal.aborted) {
      return Promise.reject(signal.reason);
    }
    const limitMiB = this.#options.limitMiB();
    if (limitMiB !== undefined && memoryMiB > limitMiB) {
      return Promise.reject(neverFits(memoryMiB, limitMiB));
    }
    if (this.#waiters.length === 0 && this.#fits(memoryMiB)) {
      return Promise.resolve(this.#take(memoryMiB));
    }
    onWait();
    return this.#wait(memoryMiB, signal);
  }

  /** Takes it only if nobody has to wait or to end for it. */
  reserveNow(memoryMiB: number): Reservation | undefined {
    return this.#waiters.length === 0 && this.#fits(memoryMiB) ? this.#take(memoryMiB) : undefined;
  }

  /** A container has become idle: one that somebody waits for may be given up now. */
  reconsider(): void {
    if (this.#waiters.length > 0) {
      // Not from within what tells of it: the container is still on its way to its place among the idle ones.
      queueMicrotask(() => this.#serve());
    }
  }

  #fits(memoryMiB: number): boolean {
    return this.#usedMiB + memoryMiB <= (this.#options.limitMiB() ?? Number.POSITIVE_INFINITY);
  }

  #take(memoryMiB: number): Reservation {
    this.#usedMiB += memoryMiB;
    let released = false;
    return {
      release: () => {
        if (released) {
          throw new Error(`${memoryMiB} MiB were released twice.`);
        }
        released = true;
        this.#usedMiB -= memoryMiB;
        this.#serve();
      },
    };
  }

  #wait(memoryMiB: number, signal: AbortSignal): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        timer.dispose();
        signal.removeEventListener('abort', abort);
      };
      const leave = (error: unknown): void => {
        stop();
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(error);
        this.#serve();
      };
      const abort = (): void => leave(signal.reason);
      const waiter: Waiter = {
        memoryMiB,
        admit: (reservation) => {
          stop();
          resolve(reservation);
        },
      };
      const timer = this.#options.clock.after(longestWaitMs, () => leave(timedOut(memoryMiB)));
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#serve();
    });
  }

  #serve(): void {
    for (let first = this.#waiters[0]; first !== undefined && this.#fits(first.memoryMiB); first = this.#waiters[0]) {
      this.#waiters.shift();
      first.admit(this.#take(first.memoryMiB));
    }
    while (this.#waiters[0] !== undefined && !this.#fits(this.#waiters[0].memoryMiB - this.#comingMiB)) {
      const given = this.#options.giveUpIdle();
      if (given === undefined) {
        return;
      }
      this.#comingMiB += given.memoryMiB;
      void given.gone.then(() => {
        this.#comingMiB -= given.memoryMiB;
      });
    }
  }
}

function neverFits(memoryMiB: number, limitMiB: number): HotFunctionsError {
  return new HotFunctionsError(
    'no-memory',
    `The function may use ${memoryMiB} MiB, but all functions together only ${limitMiB} MiB.`,
    { hint: 'Lower "memory" of the route, or raise the setting hotFunctions.memoryBudget.' },
  );
}

function timedOut(memoryMiB: number): HotFunctionsError {
  // The words are the daemon's.
  return new HotFunctionsError('no-memory', 'Task timed out. No available memory.', {
    hint: `It waited 10 s for ${memoryMiB} MiB that other containers use. Stop some, or raise the setting hotFunctions.memoryBudget.`,
  });
}
