import { quantile, type Sample } from './statistics.ts';

/** What a figure must reach, and what we aim at: of the ratio to the floor where there is one, else of the value. */
export interface Goal {
  readonly bound: 'at most' | 'at least';
  readonly mustReach: number;
  readonly aim?: number;
}

/** One row of the table and of results.json. */
export interface Figure {
  readonly id: string;
  readonly unit: 'ms' | 'µs' | '×' | 'MB/s' | 'calls/s' | 'KB' | 'MB';
  readonly value: number;
  readonly floor: number | null;
  /** Value to floor. */
  readonly ratio: number | null;
  readonly bound: Goal['bound'];
  readonly mustReach: number;
  readonly aim: number | null;
  readonly ok: boolean;
  /** Of the single runs, where there are many. */
  readonly spread?: { readonly value: Sample; readonly floor?: Sample };
  /** Of the ratios of neighbouring turns, the middle half: how far to trust `ratio`. */
  readonly ratioFromTo?: readonly [number, number];
}

export type Measured = Pick<Figure, 'id' | 'unit' | 'value' | 'spread'> & {
  readonly floor?: number;
  /** Of each turn. */
  readonly ratios?: readonly number[];
};

export function figureOf({ floor, ratios, ...measured }: Measured, { bound, mustReach, aim }: Goal): Figure {
  const ratio = floor === undefined ? null : measured.value / floor;
  const judged = ratio ?? measured.value;
  return {
    ...measured,
    floor: floor ?? null,
    ratio,
    bound,
    mustReach,
    aim: aim ?? null,
    ok: bound === 'at most' ? judged <= mustReach : judged >= mustReach,
    ...(ratios === undefined ? {} : { ratioFromTo: [quantile(ratios, 0.25), quantile(ratios, 0.75)] as const }),
  };
}

/** Whether it is so far off that no noise of a machine explains it: twice what it may be, or half of what it must be. */
export function isFarOff({ value, ratio, bound, mustReach }: Figure): boolean {
  const judged = ratio ?? value;
  return bound === 'at most' ? judged > mustReach * 2 : judged < mustReach / 2;
}
