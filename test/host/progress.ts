/** What the suite in the extension host tells the process that has started VS Code, one JSON value a line. */
export type Progress =
  | { readonly kind: 'suite'; readonly title: string; readonly depth: number }
  | { readonly kind: 'passed'; readonly title: string; readonly depth: number; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly title: string; readonly depth: number; readonly error: string }
  | { readonly kind: 'skipped'; readonly title: string; readonly depth: number }
  | { readonly kind: 'end' };

/** The file to which it is told: VS Code's own output mixes a test's with everybody else's. */
export const PROGRESS_FILE_VARIABLE = 'HOT_FUNCTIONS_TEST_PROGRESS';
