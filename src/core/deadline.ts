import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';

/**
 * A limit on time that can be held: while at least one hold is open the clock stands still, and when the
 * last one is released the remaining time counts on. Builds, pulls and (later) breakpoints hold it.
 */
export class Deadline implements Disposable {
  readonly limitMs: number;
  readonly #clock: Clock;
  readonly #onExpire: () => void;
  #usedMs = 0;
  #state:
    | { readonly kind: 'running'; readonly since: number; readonly timer: Disposable }
    | { readonly kind: 'held'; readonly holds: number }
    | { readonly kind: 'over' };

  constructor(clock: Clock, limitMs: number, onExpire: () => void) {
    this.#clock = clock;
    this.limitMs = limitMs;
    this.#onExpire = onExpire;
    this.#state = this.#run();
  }

  /** Milliseconds that counted so far. */
  usedMs(): number {
    return this.#usedMs + (this.#state.kind === 'running' ? this.#clock.now() - this.#state.since : 0);
  }

  /** Stops the clock until the returned hold is disposed. Disposing a hold twice is harmless. */
  hold(): Disposable {
    if (this.#state.kind === 'running') {
      this.#state.timer.dispose();
      this.#usedMs += this.#clock.now() - this.#state.since;
      this.#state = { kind: 'held', holds: 1 };
    } else if (this.#state.kind === 'held') {
      this.#state = { kind: 'held', holds: this.#state.holds + 1 };
    }
    let open = true;
    return {
      dispose: () => {
        if (!open || this.#state.kind !== 'held') {
          return;
        }
        open = false;
        this.#state = this.#state.holds === 1 ? this.#run() : { kind: 'held', holds: this.#state.holds - 1 };
      },
    };
  }

  dispose(): void {
    if (this.#state.kind === 'running') {
      this.#usedMs = this.usedMs();
      this.#state.timer.dispose();
    }
    this.#state = { kind: 'over' };
  }

  #run() {
    const timer = this.#clock.after(Math.max(0, this.limitMs - this.#usedMs), () => {
      this.#usedMs = this.limitMs;
      this.#state = { kind: 'over' };
      this.#onExpire();
    });
    return { kind: 'running', since: this.#clock.now(), timer } as const;
  }
}
