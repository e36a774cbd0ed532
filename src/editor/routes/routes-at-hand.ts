import * as vscode from 'vscode';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import type { RoutesToPick } from '../invoke/pick-route.ts';
import type { DefinedRoute } from './defined-route.ts';
import type { WorkspaceRoutes } from './workspace-routes.ts';

/** Everything that can be invoked now, what the active editor's text defines first. */
export async function routesAtHand(routes: WorkspaceRoutes): Promise<RoutesToPick> {
  await routes.ready;
  const document = vscode.window.activeTextEditor?.document;
  const active = document === undefined ? [] : (await routes.read(document)).routes;
  return { active, saved: routes.routes() };
}

/** The route as the document defines it at this moment, which a lens may have been drawn for a while ago. */
export async function routeInDocument(routes: WorkspaceRoutes, uri: vscode.Uri, id: RouteId): Promise<DefinedRoute> {
  await routes.ready;
  const document = await vscode.workspace.openTextDocument(uri);
  const { routes: defined, problems } = await routes.read(document);
  const found = defined.find(({ route }) => route.id === id) ?? (defined.length === 1 ? defined[0] : undefined);
  if (found !== undefined) {
    return found;
  }
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    throw new HotFunctionsError('invalid-route', `${id} cannot be invoked as it stands: ${error.message}`);
  }
  throw new HotFunctionsError('unknown-route', `${vscode.workspace.asRelativePath(uri)} no longer defines ${id}.`);
}
