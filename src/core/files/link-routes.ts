import type { FunctionSource, Route, RouteId } from '../route.ts';
import { classifyFile } from './classify-file.ts';
import type { Problem, RouteDefinition, TextRange } from './parsed-file.ts';
import { quoted } from './quoted.ts';

/** What one file of the workspace defines. */
export interface DefinitionFile {
  readonly uri: string;
  readonly definitions: readonly RouteDefinition[];
}

export interface LinkedRoute {
  readonly route: Route;
  readonly uri: string;
  readonly range: TextRange;
}

export interface LinkedRoutes {
  /** In the order of their files' URIs. No two have the same id. */
  readonly routes: readonly LinkedRoute[];
  readonly problems: readonly { readonly uri: string; readonly problem: Problem }[];
}

/**
 * Makes one list of what all files of a workspace say, whatever order they come in. A route JSON's route gets the
 * source of the function file that builds its image. `nameOf` is how a message calls a file.
 */
export function linkRoutes(files: readonly DefinitionFile[], nameOf = (uri: string) => uri): LinkedRoutes {
  const sorted = files.toSorted((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0));
  const sources = sourcesByImage(sorted);
  const routes = new Map<RouteId, LinkedRoute>();
  const problems: { uri: string; problem: Problem }[] = [];
  for (const { uri, definitions } of sorted) {
    for (const { route, range } of definitions) {
      const first = routes.get(route.id);
      if (first !== undefined) {
        const place = first.uri === uri ? 'above' : `in ${nameOf(first.uri)}`;
        const message = `Route ${quoted(route.id)} is already defined ${place}. This one is ignored.`;
        problems.push({ uri, problem: { severity: 'error', message, range } });
        continue;
      }
      const source = isFunctionFile(uri) ? undefined : sources.get(withTag(route.image));
      routes.set(route.id, { route: source === undefined ? route : { ...route, source }, uri, range });
    }
  }
  return { routes: [...routes.values()], problems };
}

function sourcesByImage(files: readonly DefinitionFile[]): ReadonlyMap<string, FunctionSource> {
  const sources = new Map<string, FunctionSource>();
  for (const { uri, definitions } of files) {
    for (const { route } of isFunctionFile(uri) ? definitions : []) {
      const image = withTag(route.image);
      if (route.source !== undefined && !sources.has(image)) {
        sources.set(image, route.source);
      }
    }
  }
  return sources;
}

function isFunctionFile(uri: string): boolean {
  const kind = classifyFile(uri);
  return kind === 'func-yaml' || kind === 'func-json';
}

/** An image without a tag is the one tagged `latest`. */
function withTag(image: string): string {
  return /[:@]/.test(image.slice(image.lastIndexOf('/') + 1)) ? image : `${image}:latest`;
}
