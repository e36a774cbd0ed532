import type { RouteId } from '../../core/route.ts';

/** A row of the Routes tree. Nodes hold keys, not state, so that one node serves a row for its whole life. */
export type TreeNode =
  | { readonly kind: 'app'; readonly app: string }
  | { readonly kind: 'route'; readonly routeId: RouteId }
  | { readonly kind: 'container'; readonly name: string; readonly routeId: RouteId };

/** Stable over refreshes, so that selection, expansion and clicks survive them. */
export function nodeId(node: TreeNode): string {
  switch (node.kind) {
    case 'app':
      return `app:${node.app}`;
    case 'route':
      return `route:${node.routeId}`;
    case 'container':
      return `container:${node.name}`;
    default:
      return node satisfies never;
  }
}

/** The argument that the editor hands to a command of the tree, if it is one of ours. */
export function asTreeNode(value: unknown): TreeNode | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) {
    return undefined;
  }
  const { kind } = value;
  return kind === 'app' || kind === 'route' || kind === 'container' ? (value as TreeNode) : undefined;
}
