import type { Clock } from '../../core/clock.ts';
import type { Disposable } from '../../core/disposable.ts';

const intervalMs = 1000;

/** Calls `tick` once a second, only while someone looks and only until `tick` says that nothing counts down. */
export class Countdown implements Disposable {
  readonly #clock: Clock;
  readonly #tick: () => boolean;
  #timer: Disposable | undefined;
  #visible = false;

  constructor(clock: Clock, tick: () => boolean) {
    this.#clock = clock;
    this.#tick = tick;
  }

  /** Something may count down now. */
  wake(): void {
    if (this.#visible) {
      this.#timer ??= this.#clock.after(intervalMs, () => this.#elapsed());
    }
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible) {
      this.wake();
    } else {
      this.dispose();
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #elapsed(): void {
    this.#timer = undefined;
    if (this.#tick()) {
      this.wake();
    }
  }
}
