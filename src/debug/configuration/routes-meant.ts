import { isAbsolute, relative, resolve } from 'node:path';
import type { Route } from '../../core/route.ts';

/** A route and the file that defines it, as far as it matters here. */
export interface RouteCandidate {
  readonly route: Pick<Route, 'id' | 'path' | 'source'>;
  readonly uri: { readonly fsPath: string };
}

/**
 * The routes that a text may mean: one by its id, those with that path, else those that a file defines, else those
 * whose code it is part of, in the innermost folder that there is.
 *
 * @param baseFolder what a relative file is below; absolute
 */
export function routesMeant<T extends RouteCandidate>(
  routes: readonly T[],
  text: string,
  baseFolder: string | undefined,
): readonly T[] {
  const byId = routes.filter(({ route }) => route.id === text);
  if (byId.length > 0) {
    return byId;
  }
  const byPath = routes.filter(({ route }) => route.path === text);
  if (byPath.length > 0) {
    return byPath;
  }
  if (baseFolder === undefined && !isAbsolute(text)) {
    return [];
  }
  const file = baseFolder === undefined ? text : resolve(baseFolder, text);
  const byDefinition = routes.filter(({ uri }) => uri.fsPath === file);
  return byDefinition.length > 0 ? byDefinition : routesOfCode(routes, file);
}

/** The routes of the function that a file belongs to: those defined beside it, else those that others give its image. */
export function routesOfCode<T extends RouteCandidate>(routes: readonly T[], file: string): readonly T[] {
  const around = routes.filter(({ route }) => route.source !== undefined && isWithin(file, route.source.folder));
  const innermost = Math.max(...around.map(({ route }) => route.source?.folder.length ?? 0));
  const all = around.filter(({ route }) => route.source?.folder.length === innermost);
  const own = all.filter(({ route, uri }) => route.source !== undefined && isWithin(uri.fsPath, route.source.folder));
  return own.length > 0 ? own : all;
}

function isWithin(file: string, folder: string): boolean {
  const below = relative(folder, file);
  return below !== '..' && !/^\.\.[\\/]/.test(below) && !isAbsolute(below);
}
