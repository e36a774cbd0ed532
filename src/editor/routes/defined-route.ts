import type * as vscode from 'vscode';
import type { TextRange } from '../../core/files/parsed-file.ts';
import type { Route } from '../../core/route.ts';

/** A route and the place that defines it, saved or as it stands in an open document. */
export interface DefinedRoute {
  readonly route: Route;
  readonly uri: vscode.Uri;
  readonly range: TextRange;
}
