import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { Emitter, type Event } from '../../core/event.ts';
import { classifyFile, type FileKind } from '../../core/files/classify-file.ts';
import { affects, settings } from '../settings.ts';
import { Batch } from './batch.ts';
import { excludedFoldersGlob, isInExcludedFolder } from './excluded-folders.ts';
import { mapBounded } from './map-bounded.ts';
import { isMissing, readBytes } from './read-bytes.ts';

const filesGlob = '**/{func.yaml,func.yml,func.json,app.yaml,hotroute.json,*.route.json}';
const parallelReads = 64;
/** A definition is a few hundred bytes; what is bigger than this is something else. */
const maxFileBytes = 1024 * 1024;
/** What comes in larger numbers at once is a checkout or an unpacked archive: its files are reported too. */
const maxNewPaths = 200;
/** Watchers report one save in several events, and a checkout in hundreds. */
const settleMs = 50;
/** Each time may be a search through the whole workspace. */
const newFoldersMs = 500;

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
  readonly #decoder = new TextDecoder();
  #files: Map<string, SavedFile> = new Map();
  readonly #touched = new Batch<vscode.Uri>(settleMs, (uris) => void this.#enqueue(() => this.#update(uris)));
  readonly #newFolders = new Batch<vscode.Uri>(newFoldersMs, (uris) => void this.#searchNewFolders(uris));
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
    this.#touched.dispose();
    this.#newFolders.dispose();
    this.#watchers.dispose();
    this.#owned.dispose();
    this.#onDidChange.dispose();
  }

  all(): readonly SavedFile[] {
    return [...this.#files.values()];
  }

  /** What a file may define; `none` for one that is not ours, is outside the workspace or somebody else's. */
  kindOf(uri: vscode.Uri): FileKind {
    if (this.#isExcluded(uri)) {
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
      const bytes = await readBytes(uri);
      if (bytes.length > maxFileBytes) {
        this.#onError(`${uri.fsPath} is larger than ${maxFileBytes} bytes and is left out.`);
        return undefined;
      }
      return { uri, kind, text: this.#decoder.decode(bytes) };
    } catch (error) {
      if (!isMissing(error)) {
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
    // A folder that comes or goes may be one event, for the folder and for nothing in it.
    const folders = this.#watchers.add(vscode.workspace.createFileSystemWatcher('**', false, true, false));
    this.#watchers.add(folders.onDidDelete((deleted) => this.#touchBelow(deleted)));
    this.#watchers.add(folders.onDidCreate((created) => this.#newFolders.add(created)));
  }

  #touch(uri: vscode.Uri, isDefinition = this.kindOf(uri) !== 'none'): void {
    if (isDefinition && !this.#isExcluded(uri)) {
      this.#touched.add(uri);
    }
  }

  async #searchNewFolders(created: readonly vscode.Uri[]): Promise<void> {
    const ours = created.filter((uri) => !this.#isExcluded(uri)).slice(0, maxNewPaths);
    const isFolder = await mapBounded(ours, parallelReads, (uri) =>
      Promise.resolve(vscode.workspace.fs.stat(uri)).then(
        ({ type }) => type === vscode.FileType.Directory,
        () => false,
      ),
    );
    if (isFolder.includes(true)) {
      await this.rescan();
    }
  }

  #isExcluded(uri: vscode.Uri): boolean {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder === undefined || isInExcludedFolder(uri.path.slice(folder.uri.path.length));
  }

  #touchBelow(folder: vscode.Uri): void {
    const prefix = `${folder.toString()}/`;
    for (const [key, { uri }] of this.#files) {
      if (key.startsWith(prefix)) {
        this.#touch(uri, true);
      }
    }
  }

  async #update(touched: readonly vscode.Uri[]): Promise<void> {
    const uris = [...new Map(touched.map((uri) => [uri.toString(), uri])).values()];
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
