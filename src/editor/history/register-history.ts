import * as vscode from 'vscode';
import type { CallStore } from '../../core/calls/call-store.ts';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { describeFilter, isFiltering } from './history-filter.ts';
import { HistoryTree } from './history-tree.ts';

export const historyViewId = 'hotFunctions.history';

/** The view of all calls. Nothing is read, and no worker started for it, while it is hidden. */
export function registerHistory(
  store: CallStore,
  clock: Clock,
  onError: (error: unknown) => void,
): { readonly tree: HistoryTree } & Disposable {
  const owned = new DisposableStore();
  const tree = owned.add(new HistoryTree(store, clock, onError));
  const view = owned.add(vscode.window.createTreeView(historyViewId, { treeDataProvider: tree }));
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) !== value) {
      known.set(key, value);
      void vscode.commands.executeCommand('setContext', `hotFunctions.history.${key}`, value);
    }
  };
  owned.add(
    tree.onDidRead(() => {
      const { filter, hasMore, entries } = tree;
      view.description = [describeFilter(filter), ...(hasMore ? [`newest ${entries.length}`] : [])]
        .filter((part) => part !== '')
        .join(' · ');
      set('filtered', isFiltering(filter));
      set('more', hasMore);
      set('read', true);
    }),
  );
  owned.add(view.onDidChangeVisibility(({ visible }) => tree.setVisible(visible)));
  tree.setVisible(view.visible);
  return { tree, dispose: () => owned.dispose() };
}
