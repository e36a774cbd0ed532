import type { RunningCall } from '../core/calls-under-way.ts';

/** What is said of a call whose clock stands still: `timeout paused at 12.4 of 30 s`. */
export function describePause({ usedMs, limitMs }: Pick<RunningCall, 'usedMs' | 'limitMs'>): string {
  return `timeout paused at ${(usedMs / 1000).toFixed(1)} of ${limitMs / 1000} s`;
}
