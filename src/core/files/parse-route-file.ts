import { whatIsWrongWithAppName } from './app-name.ts';
import { functionFields, routeJsonFields, warnOfUnknownFields } from './known-fields.ts';
import type { AppContext, FileContext, ParsedFile, RouteDefinition, TextRange } from './parsed-file.ts';
import { ProblemList } from './problem-list.ts';
import { quoted } from './quoted.ts';
import { isEmpty, readText } from './read-fields.ts';
import { checkImage, readPath, readRouteSettings, routeOf } from './read-route.ts';
import { isBlank, readTree, saysNothing } from './read-tree.ts';
import { firstLine, type TextEntry, type TextMap, type TextNode, valueRange } from './text-tree.ts';

/** The API's answers have these around the routes, and people save them as they are. */
const wrapperFields: ReadonlySet<string> = new Set(['route', 'routes', 'message']);

const functionFileOnly: ReadonlyMap<string, string> = new Map(
  [...functionFields]
    .filter((field) => !routeJsonFields.has(field))
    .map((field) => [
      field,
      field === 'name' || field === 'version' ? 'Here both are the "image".' : 'It belongs into a func.yaml.',
    ]),
);

/** Fields that other systems' lists of routes do not have. */
const tellingFields = ['image', 'app_name', 'format', 'memory', 'max_concurrency', 'idle_timeout'];

/**
 * The text of a route JSON: `{"route": {…}}` or `{"routes": [{…}]}`, as the daemon's HTTP API takes and gives them.
 * A route's `source` has no command yet; see `linkRoutes`.
 */
export function parseRouteFile(text: string, context: FileContext): ParsedFile {
  const problems = new ProblemList(text);
  const functions = (definitions: readonly RouteDefinition[]): ParsedFile => ({
    kind: 'functions',
    definitions,
    problems: problems.sorted(),
  });
  const root = isBlank(text) ? undefined : readTree(text, 'json', problems);
  const isReadable = problems.errorCount === 0;
  if (isReadable && saysNothing(root)) {
    problems.warning(firstLine(text), 'This file is empty: a route is {"route": {"path": …, "image": …}}.');
    return functions([]);
  }
  if (root?.kind !== 'map') {
    return isReadable ? { kind: 'foreign' } : functions([]);
  }
  const route = root.entries.get('route');
  const routes = root.entries.get('routes');
  if (route === undefined && routes === undefined) {
    return isReadable || root.entries.size > 0 ? unwrapped(root, problems, functions) : functions([]);
  }
  if (route === undefined && routes !== undefined && isListOfAnother(routes.value)) {
    return { kind: 'foreign' };
  }
  if (!isReadable) {
    return functions([]);
  }
  warnOfUnknownFields(root, { known: wrapperFields }, problems);
  return functions(
    [...placesOf(route, problems), ...placesOf(routes, problems)].flatMap(
      (place) => readRoute(place, context, problems) ?? [],
    ),
  );
}

interface RoutePlace {
  readonly map: TextMap;
  /** Where to say that something is missing. */
  readonly anchor: TextRange;
}

function unwrapped(
  root: TextMap,
  problems: ProblemList,
  functions: (definitions: readonly RouteDefinition[]) => ParsedFile,
): ParsedFile {
  const path = root.entries.get('path');
  if (path === undefined || !root.entries.has('image')) {
    return { kind: 'foreign' };
  }
  problems.error(path.range, 'Put the route into {"route": {…}}.');
  return functions([]);
}

function isListOfAnother(routes: TextNode): boolean {
  if (routes.kind !== 'list') {
    return true;
  }
  const isOurs = (item: TextNode) => item.kind === 'map' && tellingFields.some((field) => item.entries.has(field));
  return routes.items.length > 0 && !routes.items.some(isOurs);
}

function placesOf(entry: TextEntry | undefined, problems: ProblemList): readonly RoutePlace[] {
  if (entry === undefined) {
    return [];
  }
  if (entry.key === 'route') {
    if (entry.value.kind === 'map') {
      return [{ map: entry.value, anchor: entry.keyRange }];
    }
    problems.error(valueRange(entry), '"route" must be an object with at least "path" and "image".');
    return [];
  }
  if (entry.value.kind !== 'list') {
    problems.error(valueRange(entry), '"routes" must be a list of routes.');
    return [];
  }
  return entry.value.items.flatMap((item) => {
    if (item.kind === 'map') {
      return [{ map: item, anchor: { offset: item.range.offset, length: 1 } }];
    }
    problems.error(item.range, 'A route must be an object with at least "path" and "image".');
    return [];
  });
}

function readRoute(
  { map, anchor }: RoutePlace,
  context: FileContext,
  problems: ProblemList,
): RouteDefinition | undefined {
  const errorsBefore = problems.errorCount;
  warnOfUnknownFields(map, { known: routeJsonFields, elsewhere: functionFileOnly }, problems);
  const path = readPath(required(map, 'path', '/hello', anchor, problems), problems);
  const image = readImage(required(map, 'image', 'someone/hello:0.0.1', anchor, problems), problems);
  const app = readApp(map.entries.get('app_name'), context.app, problems);
  const settings = readRouteSettings(map, { units: false }, problems);
  if (!map.entries.has('format')) {
    problems.warning(anchor, '"format" is missing: it is "default", a new container for each call. Hot is "http".');
  }
  const range = map.entries.get('path')?.range;
  if (range === undefined || path === undefined || image === undefined || problems.errorCount > errorsBefore) {
    return undefined;
  }
  return { route: routeOf(app, { path, image }, settings, { folder: context.folder }), range };
}

function required(
  map: TextMap,
  key: string,
  example: string,
  anchor: TextRange,
  problems: ProblemList,
): TextEntry | undefined {
  const entry = map.entries.get(key);
  if (entry === undefined || isEmpty(entry)) {
    problems.error(entry?.range ?? anchor, `${quoted(key)} is missing, such as ${quoted(example)}.`);
    return undefined;
  }
  return entry;
}

function readImage(entry: TextEntry | undefined, problems: ProblemList): string | undefined {
  const image = readText(entry, problems);
  if (entry !== undefined && image !== undefined) {
    checkImage(image, valueRange(entry), problems);
  }
  return image;
}

function readApp(entry: TextEntry | undefined, surrounding: AppContext, problems: ProblemList): AppContext {
  const name = readText(entry, problems);
  if (entry === undefined || name === undefined || name === surrounding.name) {
    return surrounding;
  }
  const wrong = whatIsWrongWithAppName(name);
  if (wrong !== undefined) {
    problems.error(valueRange(entry), `"app_name" ${wrong}.`);
  }
  // The surrounding app.yaml is another app's: its config is not for this route.
  return { name, config: {} };
}
