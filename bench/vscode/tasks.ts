/** What a window of VS Code is asked to measure, and what it says. */
export type Task =
  | { readonly kind: 'activation' }
  | { readonly kind: 'heap'; readonly routeId: string; readonly calls: number };

export interface Activation {
  /** Loading of code included, as for the other one. */
  readonly oursMs: number;
  readonly emptyMs: number;
  /** From the beginning of our activation until the routes of all files are known. */
  readonly listedMs: number;
}

export interface HeapGrowth {
  readonly grownBytes: number;
}

export const TASK_VARIABLE = 'HOT_FUNCTIONS_BENCH_TASK';
export const RESULT_VARIABLE = 'HOT_FUNCTIONS_BENCH_RESULT';
