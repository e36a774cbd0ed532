import * as vscode from 'vscode';
import type { FileKind } from '../../core/files/classify-file.ts';
import { type LinkedRoutes, linkRoutes } from '../../core/files/link-routes.ts';
import { parseAppFile } from '../../core/files/parse-app-file.ts';
import { parseFunctionFile } from '../../core/files/parse-function-file.ts';
import { parseRouteFile } from '../../core/files/parse-route-file.ts';
import type { FileContext, ParsedFile, Problem } from '../../core/files/parsed-file.ts';
import { type Apps, contextOf, type DefinedApp, folderKey } from './apps.ts';
import type { DefinedRoute } from './defined-route.ts';
import type { SavedFile } from './saved-files.ts';
import type { FileProblems, LiveReading, Reading } from './workspace-routes.ts';

const nothingLive: LiveReading = { isForeign: true, routes: [], problems: [] };
/** Parsing thousands of files takes longer than everything else in the extension host may wait. */
const longestTurnMs = 10;

/**
 * What all files say together. A file that is what it was for `before`, in what is around it too, is not parsed again:
 * with 2,000 files every save would take half a second.
 */
export async function readRoutes(all: readonly SavedFile[], before: Reading): Promise<Reading> {
  const files = new Map(all.map((file) => [file.uri.toString(), file]));
  const { apps, appProblems } = readApps(files);
  const isKnown = sameAppFiles(files, before.files) ? before.files : new Map<string, SavedFile>();
  const parsed = new Map<string, ParsedFile>();
  let since = performance.now();
  for (const [key, file] of files) {
    const known = isKnown.get(key) === file ? before.parsed.get(key) : undefined;
    if (known !== undefined) {
      parsed.set(key, known);
    } else if (file.kind !== 'app-yaml') {
      parsed.set(key, parseRoutes(file.kind, file.text, contextOf(file.uri, apps)));
      if (performance.now() - since > longestTurnMs) {
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
    }
  }
  const linked = link(parsed);
  const routes = definedBy(linked, files);
  const byId = new Map(routes.map((defined) => [defined.route.id, defined]));
  return { apps, files, parsed, routes, byId, problems: problemsOf(files, parsed, appProblems, linked) };
}

/** What one text says, with everything else as it is saved. */
export function readDocument(
  { uri, kind, text }: { readonly uri: vscode.Uri; readonly kind: FileKind; readonly text: string },
  saved: Reading,
): LiveReading {
  if (kind === 'app-yaml') {
    const app = parseAppFile(text);
    return app.kind === 'foreign' ? nothingLive : { isForeign: false, routes: [], problems: app.problems };
  }
  const file = parseRoutes(kind, text, contextOf(uri, saved.apps));
  if (file.kind === 'foreign') {
    return nothingLive;
  }
  const key = uri.toString();
  const linked = link(new Map([...saved.parsed, [key, file]]));
  return {
    isForeign: false,
    routes: linked.routes.filter((one) => one.uri === key).map(({ route, range }) => ({ route, range, uri })),
    problems: [...file.problems, ...linked.problems.flatMap((found) => (found.uri === key ? [found.problem] : []))],
  };
}

function readApps(files: ReadonlyMap<string, SavedFile>): {
  readonly apps: Apps;
  readonly appProblems: ReadonlyMap<string, readonly Problem[]>;
} {
  const apps = new Map<string, DefinedApp>();
  const appProblems = new Map<string, readonly Problem[]>();
  for (const [key, { uri, kind, text }] of files) {
    const app = kind === 'app-yaml' ? parseAppFile(text) : undefined;
    if (app?.kind === 'app') {
      const folder = vscode.Uri.joinPath(uri, '..');
      apps.set(folderKey(folder, folder.path), { folder, app });
      appProblems.set(key, app.problems);
    }
  }
  return { apps, appProblems };
}

function sameAppFiles(files: ReadonlyMap<string, SavedFile>, before: ReadonlyMap<string, SavedFile>): boolean {
  const appFiles = [...files].filter(([, { kind }]) => kind === 'app-yaml');
  const earlier = [...before.values()].filter(({ kind }) => kind === 'app-yaml');
  return appFiles.length === earlier.length && appFiles.every(([key, file]) => before.get(key) === file);
}

function parseRoutes(kind: FileKind, text: string, context: FileContext): ParsedFile {
  switch (kind) {
    case 'func-yaml':
      return parseFunctionFile(text, context, 'yaml');
    case 'func-json':
      return parseFunctionFile(text, context, 'json');
    case 'route-json':
      return parseRouteFile(text, context);
    case 'app-yaml':
    case 'none':
      return { kind: 'foreign' };
    default:
      return kind satisfies never;
  }
}

function link(parsed: ReadonlyMap<string, ParsedFile>): LinkedRoutes {
  const files = [...parsed].flatMap(([uri, file]) =>
    file.kind === 'functions' ? [{ uri, definitions: file.definitions }] : [],
  );
  return linkRoutes(files, (uri) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri)));
}

function definedBy({ routes }: LinkedRoutes, files: ReadonlyMap<string, SavedFile>): readonly DefinedRoute[] {
  return routes.flatMap(({ route, uri: key, range }) => {
    const uri = files.get(key)?.uri;
    return uri === undefined ? [] : [{ route, uri, range }];
  });
}

function problemsOf(
  files: ReadonlyMap<string, SavedFile>,
  parsed: ReadonlyMap<string, ParsedFile>,
  appProblems: ReadonlyMap<string, readonly Problem[]>,
  linked: LinkedRoutes,
): readonly FileProblems[] {
  const ofLinks = Map.groupBy(linked.problems, ({ uri }) => uri);
  return [...files].map(([key, { uri, text }]) => {
    const file = parsed.get(key);
    const problems = [
      ...(file?.kind === 'functions' ? file.problems : []),
      ...(appProblems.get(key) ?? []),
      ...(ofLinks.get(key) ?? []).map(({ problem }) => problem),
    ];
    return { uri, text, problems };
  });
}
