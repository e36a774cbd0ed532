import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { Emitter, type Event } from '../../core/event.ts';
import type { LinkedRoutes } from '../../core/files/link-routes.ts';
import type { ParsedApp } from '../../core/files/parse-app-file.ts';
import type { ParsedFile, Problem } from '../../core/files/parsed-file.ts';
import type { RouteId } from '../../core/route.ts';
import type { DefinedRoute } from './defined-route.ts';
import { type Apps, contextOf, namedApps, parseApp, parseRoutes } from './parse-saved.ts';
import type { SavedFiles } from './saved-files.ts';

/** One consistent reading of all files. */
interface Reading {
  readonly apps: Apps;
  readonly texts: ReadonlyMap<string, string>;
  readonly appProblems: ReadonlyMap<string, readonly Problem[]>;
  readonly parsed: ReadonlyMap<string, ParsedFile>;
  readonly linked: LinkedRoutes;
  readonly routes: readonly DefinedRoute[];
}

const nothing: Reading = {
  apps: new Map(),
  texts: new Map(),
  appProblems: new Map(),
  parsed: new Map(),
  linked: { routes: [], problems: [] },
  routes: [],
};

/** What is wrong with one saved file, with the text that the ranges count in. */
export interface FileProblems {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** What the text of one document says, with everything else as it is saved. */
export interface LiveReading {
  readonly isForeign: boolean;
  readonly routes: readonly DefinedRoute[];
  readonly problems: readonly Problem[];
}

const nothingLive: LiveReading = { isForeign: true, routes: [], problems: [] };

/** The routes of the workspace: as saved, and as an open document defines them at this moment. */
export class WorkspaceRoutes implements Disposable {
  readonly #files: SavedFiles;
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#onDidChange.event;
  readonly #ready = Promise.withResolvers<void>();
  /** Settles when the files have been read once. */
  readonly ready: Promise<void> = this.#ready.promise;
  readonly #live = new WeakMap<vscode.TextDocument, { version: number; of: Reading; reading: Promise<LiveReading> }>();
  #reading: Reading = nothing;
  #generation = 0;

  constructor(files: SavedFiles, onError: (error: unknown) => void) {
    this.#files = files;
    this.#owned.add(files.onDidChange(() => void this.#read().catch(onError)));
  }

  dispose(): void {
    this.#owned.dispose();
    this.#onDidChange.dispose();
    this.#ready.resolve();
  }

  routes(): readonly DefinedRoute[] {
    return this.#reading.routes;
  }

  find(routeId: RouteId): DefinedRoute | undefined {
    return this.#reading.routes.find(({ route }) => route.id === routeId);
  }

  /** Those that have a file. */
  apps(): ReturnType<typeof namedApps> {
    return namedApps(this.#reading.apps);
  }

  /** Of every saved file, those without a problem included. */
  problems(): readonly FileProblems[] {
    const { texts, parsed, linked, appProblems } = this.#reading;
    return [...texts].map(([uri, text]) => {
      const file = parsed.get(uri);
      const problems = [
        ...(file?.kind === 'functions' ? file.problems : []),
        ...(appProblems.get(uri) ?? []),
        ...linked.problems.flatMap((found) => (found.uri === uri ? [found.problem] : [])),
      ];
      return { uri: vscode.Uri.parse(uri), text, problems };
    });
  }

  /** Whether a definition was left out because it cannot be used as it is. */
  hasErrors(): boolean {
    return this.problems().some(({ problems }) => problems.some(({ severity }) => severity === 'error'));
  }

  mayDefine(uri: vscode.Uri): boolean {
    return this.#files.kindOf(uri) !== 'none';
  }

  /** The document's text as it is now, saved or not. */
  read(document: vscode.TextDocument): Promise<LiveReading> {
    const of = this.#reading;
    const known = this.#live.get(document);
    if (known !== undefined && known.version === document.version && known.of === of) {
      return known.reading;
    }
    const reading = this.#readLive(document, of);
    this.#live.set(document, { version: document.version, of, reading });
    return reading;
  }

  async #readLive(document: vscode.TextDocument, { apps, parsed }: Reading): Promise<LiveReading> {
    const { uri } = document;
    const kind = this.#files.kindOf(uri);
    const text = document.getText();
    if (kind === 'app-yaml') {
      const app = await parseApp(text);
      return app.kind === 'foreign' ? nothingLive : { isForeign: false, routes: [], problems: app.problems };
    }
    const file = await parseRoutes(kind, text, contextOf(uri, apps));
    if (file.kind === 'foreign') {
      return nothingLive;
    }
    const key = uri.toString();
    const linked = await link(new Map([...parsed, [key, file]]));
    return {
      isForeign: false,
      routes: definedBy(linked).filter((defined) => defined.uri.toString() === key),
      problems: [...file.problems, ...linked.problems.flatMap((found) => (found.uri === key ? [found.problem] : []))],
    };
  }

  async #read(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const reading = await readAll(this.#files);
    // A later reading has begun and will publish what this one has not seen.
    if (generation === this.#generation) {
      this.#reading = reading;
      this.#ready.resolve();
      this.#onDidChange.fire();
    }
  }
}

async function readAll(files: SavedFiles): Promise<Reading> {
  const all = files.all();
  const apps = new Map<string, Extract<ParsedApp, { kind: 'app' }>>();
  const appProblems = new Map<string, readonly Problem[]>();
  for (const { uri, kind, text } of all) {
    const app = kind === 'app-yaml' ? await parseApp(text) : undefined;
    if (app?.kind === 'app') {
      apps.set(vscode.Uri.joinPath(uri, '..').toString(), app);
      appProblems.set(uri.toString(), app.problems);
    }
  }
  const parsed = new Map<string, ParsedFile>();
  for (const { uri, kind, text } of all) {
    if (kind !== 'app-yaml') {
      parsed.set(uri.toString(), await parseRoutes(kind, text, contextOf(uri, apps)));
    }
  }
  const linked = await link(parsed);
  const texts = new Map(all.map(({ uri, text }) => [uri.toString(), text]));
  return { apps, texts, appProblems, parsed, linked, routes: definedBy(linked) };
}

async function link(parsed: ReadonlyMap<string, ParsedFile>): Promise<LinkedRoutes> {
  const { linkRoutes } = await import('../../core/files/link-routes.ts');
  const files = [...parsed].flatMap(([uri, file]) =>
    file.kind === 'functions' ? [{ uri, definitions: file.definitions }] : [],
  );
  return linkRoutes(files, (uri) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri)));
}

function definedBy({ routes }: LinkedRoutes): readonly DefinedRoute[] {
  return routes.map(({ route, uri, range }) => ({ route, range, uri: vscode.Uri.parse(uri) }));
}
