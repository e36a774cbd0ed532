import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { affects, settings } from '../settings.ts';
import { InvokeLens, type InvokeLensSource } from './invoke-lens.ts';

const ownFiles = '**/{func.yaml,func.yml,func.json,hotroute.json,*.route.json}';

/** Offers the lens for route files only, those of the setting included. */
export function registerLens(source: InvokeLensSource, onError: (error: unknown) => void): Disposable {
  const owned = new DisposableStore();
  const lens = owned.add(new InvokeLens(source, onError));
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

function register(lens: InvokeLens): Disposable {
  const selector = [ownFiles, ...settings.routeFiles()].map((pattern) => ({ scheme: 'file', pattern }));
  return vscode.languages.registerCodeLensProvider(selector, lens);
}
