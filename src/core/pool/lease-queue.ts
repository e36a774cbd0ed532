import type { HotFunctionsError } from '../errors.ts';
import type { HotContainer } from './hot-container.ts';
import { type Caller, hasEnded, type Lease } from './lease.ts';

interface Waiter {
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: HotFunctionsError) => void;
}

/** Calls that wait for a container of a route, in order of arrival. */
export class LeaseQueue {
  readonly #waiters: Waiter[] = [];
  /** Those that wait for one container and no other, because a debugger is attached to it. */
  readonly #directed = new Map<HotContainer, Waiter[]>();

  /** How many will take any container. */
  get length(): number {
    return this.#waiters.length;
  }

  /**
   * Rejects with what has ended the call, or as it is refused.
   *
   * @param only the one container that will do
   * @param onLeave called when a call has ended while it waited
   */
  wait(caller: Caller, only: HotContainer | undefined, onLeave: () => void): Promise<Lease> {
    const line = only === undefined ? this.#waiters : this.#lineFor(only);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      line.push(waiter);
      caller.waitsFor({
        fail: (error) => {
          const at = line.indexOf(waiter);
          // One that has been given its lease already is failed by what it does with it.
          if (at !== -1) {
            line.splice(at, 1);
            reject(error);
            onLeave();
          }
        },
      });
    });
  }

  /** Whoever is to be given `container` next: who waits for it alone comes first. */
  next(container: HotContainer): Waiter | undefined {
    return this.#directed.get(container)?.shift() ?? this.#waiters.shift();
  }

  /** The first in the line gets no container. */
  refuseFirst(error: HotFunctionsError): void {
    this.#waiters.shift()?.reject(error);
  }

  refuseAll(error: HotFunctionsError): void {
    for (const waiter of this.#waiters.splice(0)) {
      waiter.reject(error);
    }
  }

  /** Who waits for `container` waits in vain from here on. */
  left(container: HotContainer): void {
    for (const waiter of this.#directed.get(container) ?? []) {
      waiter.reject(hasEnded(container));
    }
    this.#directed.delete(container);
  }

  /** Refuses everybody, for one container or for any. */
  destroy(error: HotFunctionsError): void {
    this.refuseAll(error);
    for (const waiter of [...this.#directed.values()].flat()) {
      waiter.reject(error);
    }
    this.#directed.clear();
  }

  #lineFor(container: HotContainer): Waiter[] {
    const line = this.#directed.get(container) ?? [];
    this.#directed.set(container, line);
    return line;
  }
}
