import type { RoutesTree } from './routes-tree.ts';
import type { TreeNode } from './tree-node.ts';

/** The tree as text, a row a line, for tests: the editor lets nobody look into its views. */
export function treeOutline(tree: RoutesTree): readonly string[] {
  const rows = (parent: TreeNode | undefined, depth: number): readonly string[] =>
    tree.getChildren(parent).flatMap((node) => {
      const { label, description } = tree.getTreeItem(node);
      const row = [label, description].filter((part) => typeof part === 'string').join(' | ');
      return ['  '.repeat(depth) + row, ...rows(node, depth + 1)];
    });
  return rows(undefined, 0);
}
