import type { Route } from '../route.ts';

/** A place in a text, in UTF-16 code units as editors count them. */
export interface TextRange {
  readonly offset: number;
  readonly length: number;
}

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly range: TextRange;
}

/** A route and the place that defines it: where its lens stands and where "Open Definition" goes. */
export interface RouteDefinition {
  readonly route: Route;
  readonly range: TextRange;
}

/**
 * What a file says. A definition with an error of its own is left out; its problems are not.
 * `foreign` files belong to another system: no lens, no diagnostics, no tree item.
 */
export type ParsedFile =
  | {
      readonly kind: 'functions';
      readonly definitions: readonly RouteDefinition[];
      readonly problems: readonly Problem[];
    }
  | { readonly kind: 'foreign' };

export interface AppContext {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** What the parser needs to know of the surroundings of a file; it reads no files itself. */
export interface FileContext {
  readonly app: AppContext;
  /** Absolute path of the file's folder on this machine. */
  readonly folder: string;
  /** The folder's path below the app's root: segments joined by `/`, empty for the root itself. */
  readonly folderBelowApp: string;
}
