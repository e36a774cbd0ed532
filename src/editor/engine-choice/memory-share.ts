import type { Clock } from '../../core/clock.ts';
import type { EngineState } from './engine-choice.ts';

export interface MemoryShareDependencies {
  readonly clock: Clock;
  engineState(): EngineState;
  /** What the user has set, in MiB. */
  setting(): number | undefined;
  /** How many windows run functions on this machine now, this one included. */
  countWindows(): Promise<number>;
}

/** How long a count of windows is believed. */
const countHoldsMs = 5000;

/** What this window's containers may use together: what the user says, else a fair share of half of what the engine has. */
export class MemoryShare {
  readonly #dependencies: MemoryShareDependencies;
  #windows = 1;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(dependencies: MemoryShareDependencies) {
    this.#dependencies = dependencies;
  }

  /** In MiB; undefined where memory is not limited. A window that has just come or gone counts from the next call on. */
  limitMiB(): number | undefined {
    const { clock, engineState, setting } = this.#dependencies;
    const state = engineState();
    const total = state.kind === 'selected' ? state.selected.engine.totalMemoryMiB : undefined;
    if (total === undefined) {
      return undefined;
    }
    if (clock.now() - this.#countedAt > countHoldsMs) {
      this.#countedAt = clock.now();
      void this.#count();
    }
    return setting() ?? Math.floor(total / 2 / this.#windows);
  }

  async #count(): Promise<void> {
    try {
      this.#windows = Math.max(1, await this.#dependencies.countWindows());
    } catch {
      // Who is there cannot be told: the last count is the best there is.
    }
  }
}
