import type { Figure } from './figure.ts';
import type { Stage } from './stage.ts';

/** Something that is measured: one file of rows/. */
export interface Subject {
  /** By which it is chosen: `npm run bench -- hot-docker`. */
  readonly name: string;
  /** Whether it is quick and steady enough for the guard. */
  readonly guarded: boolean;
  readonly measure: (stage: Stage) => Promise<readonly Figure[]>;
}
