import * as vscode from 'vscode';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { Countdown } from './countdown.ts';
import { RoutesTree, type RoutesTreeSource } from './routes-tree.ts';

const routesViewId = 'hotFunctions.routes';

/** The view with its clock: rows count down only while somebody sees them. */
export function registerTree(source: RoutesTreeSource, clock: Clock): { tree: RoutesTree } & Disposable {
  const owned = new DisposableStore();
  const tree = owned.add(new RoutesTree(source, clock));
  const countdown = owned.add(new Countdown(clock, () => tree.tick()));
  const view = owned.add(vscode.window.createTreeView(routesViewId, { treeDataProvider: tree }));
  owned.add(source.onDidChangeContainers(() => countdown.wake()));
  owned.add(view.onDidChangeVisibility(({ visible }) => countdown.setVisible(visible)));
  countdown.setVisible(view.visible);
  if (!vscode.workspace.isTrusted) {
    view.message = 'Functions run only in a trusted workspace.';
    owned.add(
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        delete view.message;
      }),
    );
  }
  return { tree, dispose: () => owned.dispose() };
}
