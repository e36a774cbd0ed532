import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { Emitter, type Event } from '../../core/event.ts';
import { classifyFile, type FileKind } from '../../core/files/classify-file.ts';
import { affects, settings } from '../settings.ts';
import { excludedFoldersGlob, isInExcludedFolder } from './excluded-folders.ts';
import { mapBounded } from './map-bounded.ts';

const filesGlob = '**/{func.yaml,func.yml,func.json,app.yaml,hotroute.json,*.route.json}';
const parallelReads = 16;
/** A definition is a few hundred bytes; what is bigger than this is something else. */
const maxFileBytes = 1024 * 1024;
/** Watchers report one save in several events, and a checkout in hundreds. */
const settleMs = 50;

export type DefinitionFileKind = Exclude<FileKind, 'none'>;

export interface SavedFile {
  readonly uri: vscode.Uri;
  readonly kind: DefinitionFileKind;
  readonly text: string;
}

/** The files of the workspace that may define routes or apps, as they are on disk, kept up to date. */
export class SavedFiles implements Disposable {
  readonly #owned = new DisposableStore();
  #watchers = new DisposableStore();
  readonly #onDidChange = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#onDidChange.event;
  readonly #onError: (message: string) => void;
  #files: Map<string, SavedFile> = new Map();
  readonly #touched = new Map<string, vscode.Uri>();
  #timer: NodeJS.Timeout | undefined;
  /** Scans and updates run one after the other: an older reading must not overwrite a newer one. */
  #queue: Promise<void> = Promise.resolve();

  constructor(onError: (message: string) => void) {
    this.#onError = onError;
    this.#owned.add(vscode.workspace.onDidSaveTextDocument(({ uri }) => this.#touch(uri)));
    this.#owned.add(vscode.workspace.onDidChangeWorkspaceFolders(() => void this.rescan()));
    this.#owned.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (affects(event, 'routeFiles')) {
          void this.rescan();
        }
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watchers.dispose();
    this.#owned.dispose();
    this.#onDidChange.dispose();
  }

  all(): readonly SavedFile[] {
    return [...this.#files.values()];
  }

  /** What a file may define; `none` for one that is not ours, is outside the workspace or somebody else's. */
  kindOf(uri: vscode.Uri): FileKind {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder === undefined || isInExcludedFolder(uri.path.slice(folder.uri.path.length))) {
      return 'none';
    }
    const kind = classifyFile(uri.path);
    return kind === 'none' ? (this.#files.get(uri.toString())?.kind ?? 'none') : kind;
  }

  /** Reads everything anew. Settles when the result has been published. */
  rescan(): Promise<void> {
    return this.#enqueue(async () => {
      this.#watch();
      const found = await this.#find();
      const files = await mapBounded(found, parallelReads, ({ uri, kind }) => this.#read(uri, kind));
      this.#files = new Map(files.flatMap((file) => (file === undefined ? [] : [[file.uri.toString(), file]])));
      this.#onDidChange.fire();
    });
  }

  async #find(): Promise<readonly { readonly uri: vscode.Uri; readonly kind: DefinitionFileKind }[]> {
    const found = new Map<string, { uri: vscode.Uri; kind: DefinitionFileKind }>();
    for (const glob of [filesGlob, ...settings.routeFiles()]) {
      for (const uri of await vscode.workspace.findFiles(glob, excludedFoldersGlob)) {
        const kind = classifyFile(uri.path);
        found.set(uri.toString(), { uri, kind: kind === 'none' ? 'route-json' : kind });
      }
    }
    return [...found.values()];
  }

  async #read(uri: vscode.Uri, kind: DefinitionFileKind): Promise<SavedFile | undefined> {
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      if (bytes.length > maxFileBytes) {
        this.#onError(`${uri.fsPath} is larger than ${maxFileBytes} bytes and is left out.`);
        return undefined;
      }
      return { uri, kind, text: new TextDecoder().decode(bytes) };
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError && error.code === 'FileNotFound')) {
        this.#onError(`${uri.fsPath} cannot be read: ${String(error)}`);
      }
      return undefined;
    }
  }

  #watch(): void {
    this.#watchers.dispose();
    this.#watchers = new DisposableStore();
    for (const glob of [filesGlob, ...settings.routeFiles()]) {
      const watcher = this.#watchers.add(vscode.workspace.createFileSystemWatcher(glob));
      const touch = (uri: vscode.Uri): void => this.#touch(uri, true);
      this.#watchers.add(watcher.onDidCreate(touch));
      this.#watchers.add(watcher.onDidChange(touch));
      this.#watchers.add(watcher.onDidDelete(touch));
    }
    // A folder that is deleted or moved away is one event, for the folder and for nothing in it.
    const deletions = this.#watchers.add(vscode.workspace.createFileSystemWatcher('**', true, true, false));
    this.#watchers.add(deletions.onDidDelete((deleted) => this.#touchBelow(deleted)));
  }

  #touch(uri: vscode.Uri, isDefinition = this.kindOf(uri) !== 'none'): void {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!isDefinition || folder === undefined || isInExcludedFolder(uri.path.slice(folder.uri.path.length))) {
      return;
    }
    this.#touched.set(uri.toString(), uri);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#enqueue(() => this.#update()), settleMs);
  }

  #touchBelow(folder: vscode.Uri): void {
    const prefix = `${folder.toString()}/`;
    for (const [key, { uri }] of this.#files) {
      if (key.startsWith(prefix)) {
        this.#touch(uri, true);
      }
    }
  }

  async #update(): Promise<void> {
    const uris = [...this.#touched.values()];
    this.#touched.clear();
    const read = await mapBounded(uris, parallelReads, async (uri) => {
      const kind = classifyFile(uri.path);
      return { key: uri.toString(), file: await this.#read(uri, kind === 'none' ? 'route-json' : kind) };
    });
    let changed = false;
    for (const { key, file } of read) {
      const before = this.#files.get(key);
      changed ||= before?.text !== file?.text;
      if (file === undefined) {
        this.#files.delete(key);
      } else {
        this.#files.set(key, file);
      }
    }
    if (changed) {
      this.#onDidChange.fire();
    }
  }

  #enqueue(job: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(job).catch((error: unknown) => this.#onError(String(error)));
    return this.#queue;
  }
}
