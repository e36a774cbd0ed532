import * as vscode from 'vscode';
import type { DefinedRoute } from '../routes/defined-route.ts';

interface RouteItem extends vscode.QuickPickItem {
  readonly defined?: DefinedRoute;
}

export interface RoutesToPick {
  /** As the active editor's text defines them. */
  readonly active: readonly DefinedRoute[];
  readonly saved: readonly DefinedRoute[];
}

export async function pickRoute(title: string, { active, saved }: RoutesToPick): Promise<DefinedRoute | undefined> {
  const inActive = new Set(active.map(({ route }) => route.id));
  const rest = saved.filter(({ route }) => !inActive.has(route.id));
  const items: RouteItem[] = [...section('this file', active)];
  for (const app of [...new Set(rest.map(({ route }) => route.app))].sort()) {
    items.push(
      ...section(
        app,
        rest.filter(({ route }) => route.app === app),
      ),
    );
  }
  if (items.length === 0) {
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Pick a route',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.defined;
}

function section(name: string, routes: readonly DefinedRoute[]): RouteItem[] {
  if (routes.length === 0) {
    return [];
  }
  const sorted = routes.toSorted((a, b) => (a.route.id < b.route.id ? -1 : 1));
  return [{ label: name, kind: vscode.QuickPickItemKind.Separator }, ...sorted.map(itemOf)];
}

function itemOf(defined: DefinedRoute): RouteItem {
  const { route, uri } = defined;
  return {
    label: route.path,
    description: `${route.app} · ${route.format === 'http' ? 'hot' : 'cold'}`,
    detail: vscode.workspace.asRelativePath(uri),
    iconPath: new vscode.ThemeIcon(route.format === 'http' ? 'flame' : 'server-process'),
    defined,
  };
}
