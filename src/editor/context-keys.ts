import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../core/disposable.ts';
import type { Runner } from '../core/runner.ts';
import type { WorkspaceRoutes } from './routes/workspace-routes.ts';

/** Tells `when` clauses of package.json what they ask for, and only when it has changed. */
export function keepContextKeys(routes: WorkspaceRoutes, runner: Runner): Disposable {
  const owned = new DisposableStore();
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) !== value) {
      known.set(key, value);
      void vscode.commands.executeCommand('setContext', `hotFunctions.${key}`, value);
    }
  };
  owned.add(
    routes.onDidChange(() => {
      // Before the first scan nobody knows whether the welcome for an empty workspace is true.
      set('scanned', true);
      set('hasRoutes', routes.routes().length > 0);
      set('hasErrors', routes.hasErrors());
    }),
  );
  owned.add(runner.onDidChangeContainers(() => set('hasContainers', runner.containers().length > 0)));
  return owned;
}
