import * as vscode from 'vscode';
import { DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import { commandIds } from '../command-ids.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import type { LiveReading } from '../routes/workspace-routes.ts';

const actions = [
  { title: '$(play) Invoke', verb: 'Invoke', command: commandIds.invokeDefinition },
  { title: '$(debug-alt) Debug', verb: 'Debug', command: commandIds.debugDefinition },
] as const;

export interface RouteLensSource {
  /** Settles when the surroundings of a document (its app) are known. */
  readonly ready: Promise<void>;
  readonly onDidChange: Event<void>;
  read(document: vscode.TextDocument): Promise<LiveReading>;
}

/** "Invoke" and "Debug" above each route definition, of the text as it stands in the editor. */
export class RouteLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #source: RouteLensSource;
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#onDidChange.event;

  /** What the lenses of each document were made from. */
  readonly #shown = new Map<vscode.TextDocument, string>();

  constructor(source: RouteLensSource, onError: (error: unknown) => void) {
    this.#source = source;
    this.#owned.add(this.#onDidChange);
    this.#owned.add(source.onDidChange(() => void this.#refresh().catch(onError)));
    this.#owned.add(vscode.workspace.onDidCloseTextDocument((document) => this.#shown.delete(document)));
    // Trust decides whether there is a lens at all.
    this.#owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#onDidChange.fire()));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    if (!vscode.workspace.isTrusted) {
      return [];
    }
    await this.#source.ready;
    const { routes } = await this.#source.read(document);
    if (token.isCancellationRequested) {
      return [];
    }
    this.#shown.set(document, signatureOf(routes));
    return routes.flatMap(({ route, range }) => {
      const start = document.positionAt(range.offset);
      const place = new vscode.Range(start, document.positionAt(range.offset + range.length));
      return actions.map(({ title, verb, command }) => {
        const tooltip = `${verb} ${route.id} as this text defines it, with its last payload`;
        return new vscode.CodeLens(place, { title, tooltip, command, arguments: [document.uri.toString(), route.id] });
      });
    });
  }

  /**
   * A saved app.yaml renames the routes of other documents. Most changes do not, and lenses that are drawn anew
   * move away from under the pointer: what has not changed stays.
   */
  async #refresh(): Promise<void> {
    for (const [document, signature] of this.#shown) {
      if (signatureOf((await this.#source.read(document)).routes) !== signature) {
        this.#onDidChange.fire();
        return;
      }
    }
  }
}

function signatureOf(routes: readonly DefinedRoute[]): string {
  return JSON.stringify(routes.map(({ route, range }) => [route.id, range.offset, range.length]));
}
