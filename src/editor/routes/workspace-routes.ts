import type * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { Emitter, type Event } from '../../core/event.ts';
import type { ParsedFile, Problem } from '../../core/files/parsed-file.ts';
import type { RouteId } from '../../core/route.ts';
import { type Apps, namedApps } from './apps.ts';
import type { DefinedRoute } from './defined-route.ts';
import type { SavedFile, SavedFiles } from './saved-files.ts';

/** One consistent reading of all files, which are known here by the text of their URI. */
export interface Reading {
  readonly apps: Apps;
  readonly files: ReadonlyMap<string, SavedFile>;
  readonly parsed: ReadonlyMap<string, ParsedFile>;
  readonly routes: readonly DefinedRoute[];
  readonly byId: ReadonlyMap<RouteId, DefinedRoute>;
  /** Of every file, those without a problem included. */
  readonly problems: readonly FileProblems[];
}

const nothing: Reading = {
  apps: new Map(),
  files: new Map(),
  parsed: new Map(),
  routes: [],
  byId: new Map(),
  problems: [],
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
  #isReading = false;
  #isStale = false;

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
    return this.#reading.byId.get(routeId);
  }

  /** Those that have a file. */
  apps(): ReturnType<typeof namedApps> {
    return namedApps(this.#reading.apps);
  }

  /** Of every saved file, those without a problem included. */
  problems(): readonly FileProblems[] {
    return this.#reading.problems;
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
    const reading = readLive(this.#files, document, of);
    this.#live.set(document, { version: document.version, of, reading });
    return reading;
  }

  /** One reading at a time: who changes files all the time still sees them, and the next one finds most of it done. */
  async #read(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) {
      return;
    }
    this.#isReading = true;
    try {
      const { readRoutes } = await import('./read-routes.ts');
      while (this.#isStale) {
        this.#isStale = false;
        this.#reading = await readRoutes(this.#files.all(), this.#reading);
        this.#ready.resolve();
        this.#onDidChange.fire();
      }
    } finally {
      this.#isReading = false;
    }
  }
}

/** The parsers and, through them, the YAML library are loaded when the first file is parsed, not on activation. */
async function readLive(files: SavedFiles, document: vscode.TextDocument, of: Reading): Promise<LiveReading> {
  const { uri } = document;
  const live = { uri, kind: files.kindOf(uri), text: document.getText() };
  const { readDocument } = await import('./read-routes.ts');
  return readDocument(live, of);
}
