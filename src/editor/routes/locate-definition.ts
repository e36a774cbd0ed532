import * as vscode from 'vscode';
import type { DefinedRoute } from './defined-route.ts';
import type { WorkspaceRoutes } from './workspace-routes.ts';

/** Opens the file that defines a route, at the definition; where the file is being edited, at its place there. */
export async function openDefinition(routes: WorkspaceRoutes, { route, uri, range }: DefinedRoute): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const live = await routes.read(document);
  const { offset } = live.routes.find((defined) => defined.route.id === route.id)?.range ?? range;
  const position = document.positionAt(offset);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(position, position), preview: true });
}
