import { pickRoute } from '../invoke/pick-route.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import { routesAtHand } from '../routes/routes-at-hand.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import { asTreeNode } from '../tree/tree-node.ts';

/** The route that a command was given: as it is, by a row of the tree, or by a container of it. */
export function givenRoute(routes: WorkspaceRoutes, argument: unknown): DefinedRoute | undefined {
  if (isDefinedRoute(argument)) {
    return argument;
  }
  const node = asTreeNode(argument);
  return node === undefined || node.kind === 'app' ? undefined : routes.find(node.routeId);
}

/** The same, or else one that is picked. */
export async function givenOrPicked(
  routes: WorkspaceRoutes,
  argument: unknown,
  title: string,
): Promise<DefinedRoute | undefined> {
  return givenRoute(routes, argument) ?? (await pickRoute(title, await routesAtHand(routes)));
}

function isDefinedRoute(value: unknown): value is DefinedRoute {
  return typeof value === 'object' && value !== null && 'route' in value && 'uri' in value && 'range' in value;
}
