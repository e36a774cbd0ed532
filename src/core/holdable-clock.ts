import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';

/** One timer of a `HoldableClock`, in the list of those that are set: each call sets one, and a set of them costs more. */
class Timer implements Disposable {
  /** On the clock that can be held. */
  readonly dueMs: number;
  readonly run: () => void;
  inner: Disposable | undefined;
  previous: Timer = this;
  next: Timer = this;

  constructor(dueMs: number, run: () => void) {
    this.dueMs = dueMs;
    this.run = run;
  }

  dispose(): void {
    this.inner?.dispose();
    this.leave();
  }

  enter(list: Timer): void {
    this.previous = list.previous;
    this.next = list;
    list.previous.next = this;
    list.previous = this;
  }

  leave(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }
}

/**
 * A clock that can be made to stand still: while at least one hold is open its time does not go on and none of its
 * timers runs out, those that are set meanwhile included. Afterwards what was left of each counts on.
 */
export class HoldableClock implements Clock {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** Before the first and behind the last of the timers that are set. */
  readonly #timers = new Timer(0, () => {});
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
    const timer = new Timer(this.now() + ms, run);
    timer.enter(this.#timers);
    if (!this.held) {
      this.#arm(timer, ms);
    }
    return timer;
  }

  /** Stands still until the returned hold, and every other one, is disposed. Disposing a hold twice is harmless. */
  hold(): Disposable {
    this.#holds += 1;
    if (this.#holds === 1) {
      this.#heldSinceMs = this.#clock.now();
      for (const timer of this.#set()) {
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
    for (const timer of this.#set()) {
      this.#arm(timer, Math.max(0, timer.dueMs - now));
    }
    this.#onChange();
  }

  #arm(timer: Timer, ms: number): void {
    timer.inner = this.#clock.after(ms, () => {
      timer.leave();
      timer.run();
    });
  }

  *#set(): Generator<Timer, void, undefined> {
    for (let timer = this.#timers.next; timer !== this.#timers; timer = timer.next) {
      yield timer;
    }
  }
}
