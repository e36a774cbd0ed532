import type { HistoryTree } from './history-tree.ts';

/** The rows as text after a reading of their own, for tests: the editor lets nobody look into its views. */
export async function historyOutline(tree: HistoryTree): Promise<readonly string[]> {
  await tree.read();
  return tree.getChildren().map((node) => {
    const { label, description, contextValue } = tree.getTreeItem(node);
    return [label, description, contextValue].join(' | ');
  });
}
