import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { affects, settings } from '../settings.ts';
import { RouteLens, type RouteLensSource } from './route-lens.ts';

const ownFiles = '**/{func.yaml,func.yml,func.json,hotroute.json,*.route.json}';

/** Offers the lens for route files only, those of the setting included. */
export function registerLens(source: RouteLensSource, onError: (error: unknown) => void): Disposable {
  const owned = new DisposableStore();
  const lens = owned.add(new RouteLens(source, onError));
  let registration = register(lens);
  owned.add({ dispose: () => registration.dispose() });
  owned.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affects(event, 'routeFiles')) {
        registration.dispose();
        registration = register(lens);
      }
    }),
  );
  return owned;
}

function register(lens: RouteLens): Disposable {
  const selector = [ownFiles, ...settings.routeFiles()].map((pattern) => ({ scheme: 'file', pattern }));
  return vscode.languages.registerCodeLensProvider(selector, lens);
}
