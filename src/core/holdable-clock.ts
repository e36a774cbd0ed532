import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';

interface Timer {
  /** On this clock. */
  readonly dueMs: number;
  readonly run: () => void;
  inner: Disposable | undefined;
}

/**
 * A clock that can be made to stand still: while at least one hold is open its time does not go on and none of its
 * timers runs out, those that are set meanwhile included. Afterwards what was left of each counts on.
 */
export class HoldableClock implements Clock {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #timers = new Set<Timer>();
  #holds = 0;
  /** How much of the inner clock's time did not count. */
  #stoodStillMs = 0;
  #heldSinceMs = 0;

  /** @param onChange called when it begins or ends to stand still */
  constructor(clock: Clock, onChange: () => void = () => {}) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get held(): boolean {
    return this.#holds > 0;
  }

  now(): number {
    return (this.held ? this.#heldSinceMs : this.#clock.now()) - this.#stoodStillMs;
  }

  after(ms: number, run: () => void): Disposable {
    const timer: Timer = { dueMs: this.now() + ms, run, inner: undefined };
    this.#timers.add(timer);
    if (!this.held) {
      this.#arm(timer, ms);
    }
    return {
      dispose: () => {
        this.#timers.delete(timer);
        timer.inner?.dispose();
      },
    };
  }

  /** Stands still until the returned hold, and every other one, is disposed. Disposing a hold twice is harmless. */
  hold(): Disposable {
    this.#holds += 1;
    if (this.#holds === 1) {
      this.#heldSinceMs = this.#clock.now();
      for (const timer of this.#timers) {
        timer.inner?.dispose();
      }
      this.#onChange();
    }
    let open = true;
    return {
      dispose: () => {
        if (open) {
          open = false;
          this.#release();
        }
      },
    };
  }

  #release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) {
      return;
    }
    this.#stoodStillMs += this.#clock.now() - this.#heldSinceMs;
    const now = this.now();
    for (const timer of this.#timers) {
      this.#arm(timer, Math.max(0, timer.dueMs - now));
    }
    this.#onChange();
  }

  #arm(timer: Timer, ms: number): void {
    timer.inner = this.#clock.after(ms, () => {
      this.#timers.delete(timer);
      timer.run();
    });
  }
}
