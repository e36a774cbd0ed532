/** What a window of VS Code is asked to measure, and what it says. */
export type Task =
  | { readonly kind: 'activation' }
  | { readonly kind: 'heap'; readonly routeId: string; readonly calls: number };

export interface Activation {
  /** Loading of code included, as for the empty ones, of which this is the middle. */
  readonly oursMs: number;
  readonly emptyMs: number;
  /** From the beginning of our activation until the routes of all files are known. */
  readonly listedMs: number;
}

export interface HeapGrowth {
  readonly grownBytes: number;
}

/** Extensions that do nothing. One alone would be a floor that moves by milliseconds. */
export const emptyExtensions: readonly string[] = ['empty-1', 'empty-2', 'empty-3', 'empty-4', 'empty-5'];

export const TASK_VARIABLE = 'HOT_FUNCTIONS_BENCH_TASK';
export const RESULT_VARIABLE = 'HOT_FUNCTIONS_BENCH_RESULT';
