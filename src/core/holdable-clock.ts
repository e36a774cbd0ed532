import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';
import { type Entry, LinkedList } from './linked-list.ts';

/** How long the inner clock's timer may be set when nothing needs it any more. */
const leftOverMs = 1000;

interface Timer {
  /** On the clock that can be held. */
  readonly dueMs: number;
  readonly run: () => void;
}

/**
 * A clock that can be made to stand still: while at least one hold is open its time does not go on and none of its
 * timers runs out, those that are set meanwhile included. Afterwards what was left of each counts on.
 *
 * All of its timers share one of the inner clock, which is left to run out when its own is disposed: calls set and
 * dispose one each, and nearly none runs out. It runs out soon, and is set again if there is still something to wait for.
 */
export class HoldableClock implements Clock, Disposable {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** Those that are set. */
  readonly #timers = new LinkedList<Timer>();
  /** None is due before it; what it was set for may be due later. */
  #alarm: { readonly dueMs: number; readonly timer: Disposable } | undefined;
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
    const now = this.now();
    const dueMs = now + ms;
    if (!this.held && (this.#alarm === undefined || dueMs < this.#alarm.dueMs)) {
      this.#setAlarm(dueMs, now);
    }
    return this.#timers.add({ dueMs, run });
  }

  /** Stands still until the returned hold, and every other one, is disposed. Disposing a hold twice is harmless. */
  hold(): Disposable {
    this.#holds += 1;
    if (this.#holds === 1) {
      this.#heldSinceMs = this.#clock.now();
      this.#dropAlarm();
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

  /** No timer runs out any more. */
  dispose(): void {
    this.#dropAlarm();
    for (const { place } of [...this.#timers.entries()]) {
      place.dispose();
    }
  }

  #release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) {
      return;
    }
    this.#stoodStillMs += this.#clock.now() - this.#heldSinceMs;
    this.#setAlarmForFirst();
    this.#onChange();
  }

  #ring(dueMs: number): void {
    this.#alarm = undefined;
    try {
      // What runs may dispose others, set new ones, or make the clock stand still.
      for (let first = this.#first(); first !== undefined && first.value.dueMs <= dueMs; first = this.#first()) {
        if (this.held) {
          return;
        }
        first.place.dispose();
        first.value.run();
      }
    } finally {
      this.#setAlarmForFirst();
    }
  }

  #setAlarmForFirst(): void {
    const first = this.#first();
    if (first !== undefined && !this.held) {
      this.#setAlarm(first.value.dueMs, this.now());
    }
  }

  #setAlarm(dueMs: number, now: number): void {
    this.#dropAlarm();
    const ringsAtMs = Math.min(dueMs, now + leftOverMs);
    // Timers may be a little early: what it was set for is due then, whatever the time.
    const timer = this.#clock.after(Math.max(0, ringsAtMs - now), () => this.#ring(ringsAtMs));
    this.#alarm = { dueMs: ringsAtMs, timer };
  }

  #dropAlarm(): void {
    this.#alarm?.timer.dispose();
    this.#alarm = undefined;
  }

  /** Of those that are due at the same time, the one that was set first. */
  #first(): Entry<Timer> | undefined {
    let first: Entry<Timer> | undefined;
    for (const entry of this.#timers.entries()) {
      if (first === undefined || entry.value.dueMs < first.value.dueMs) {
        first = entry;
      }
    }
    return first;
  }
}
