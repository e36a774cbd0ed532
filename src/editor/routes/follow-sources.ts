import * as vscode from 'vscode';
import type { Disposable } from '../../core/disposable.ts';
import type { Runner } from '../../core/runner.ts';
import type { WorkspaceRoutes } from './workspace-routes.ts';

/**
 * Tells the runner when a function's code is saved. Only saves in the editor count: functions themselves write into
 * their folders (`__pycache__`, logs), and a watcher would end a container for what it has just done.
 */
export function followSources(routes: WorkspaceRoutes, runner: Runner): Disposable {
  return vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    const folders = new Set(routes.routes().map(({ route }) => route.source?.folder));
    for (const folder of folders) {
      if (folder !== undefined && isBelow(uri.fsPath, folder) && !routes.mayDefine(uri)) {
        runner.sourceChanged(folder);
      }
    }
  });
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder) && /^[\\/]/.test(path.slice(folder.length));
}
