import type { Disposable } from './disposable.ts';

/** Monotonic time in milliseconds, and one-shot timers on it. Passed in, so that tests own time. */
export interface Clock {
  now(): number;
  after(ms: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};
