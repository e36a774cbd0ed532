import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../core/disposable.ts';
import type { Runner } from '../core/runner.ts';
import type { WorkspaceRoutes } from './routes/workspace-routes.ts';

/** Languages of functions in whose files VS Code itself lets nobody set a breakpoint. */
const languagesWithoutBreakpoints = ['python', 'go', 'ruby'] as const;

/** Tells `when` clauses of package.json what they ask for, and only when it has changed. */
export function keepContextKeys(
  routes: WorkspaceRoutes,
  runner: Runner,
  extensionId: string,
  onError: (error: unknown) => void,
): Disposable {
  const owned = new DisposableStore();
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) !== value) {
      known.set(key, value);
      void vscode.commands.executeCommand('setContext', `hotFunctions.${key}`, value);
    }
  };
  const followEditor = async (): Promise<void> => {
    const document = vscode.window.activeTextEditor?.document;
    const mayDefine = document !== undefined && routes.mayDefine(document.uri);
    const defined = mayDefine ? (await routes.read(document)).routes : [];
    if (document === vscode.window.activeTextEditor?.document) {
      set('inRouteFile', defined.length > 0);
    }
  };
  const followExtensions = (): void => {
    const others = vscode.extensions.all.filter(({ id }) => id !== extensionId);
    const taken = new Set(others.flatMap(({ packageJSON }) => breakpointLanguages(packageJSON)));
    for (const language of languagesWithoutBreakpoints) {
      set(`breakpoints.${language}`, !taken.has(language));
    }
  };
  owned.add(
    routes.onDidChange(() => {
      // Before the first scan nobody knows whether the welcome for an empty workspace is true.
      set('scanned', true);
      set('hasRoutes', routes.routes().length > 0);
      set('hasErrors', routes.hasErrors());
      void followEditor().catch(onError);
    }),
  );
  owned.add(vscode.window.onDidChangeActiveTextEditor(() => void followEditor().catch(onError)));
  owned.add(vscode.extensions.onDidChange(followExtensions));
  owned.add(runner.onDidChangeContainers(() => set('hasContainers', runner.containers().length > 0)));
  followExtensions();
  return owned;
}

/** The languages in whose files an extension lets breakpoints be set, by its manifest. */
function breakpointLanguages(manifest: unknown): readonly unknown[] {
  const breakpoints = fieldOf(fieldOf(manifest, 'contributes'), 'breakpoints');
  return Array.isArray(breakpoints) ? breakpoints.map((one) => fieldOf(one, 'language')) : [];
}

function fieldOf(of: unknown, key: string): unknown {
  return typeof of === 'object' && of !== null ? Object.entries(of).find(([name]) => name === key)?.[1] : undefined;
}
