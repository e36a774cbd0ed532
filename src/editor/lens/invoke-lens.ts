import * as vscode from 'vscode';
import { DisposableStore } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import { commandIds } from '../command-ids.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import type { LiveReading } from '../routes/workspace-routes.ts';

export interface InvokeLensSource {
  /** Settles when the surroundings of a document (its app) are known. */
  readonly ready: Promise<void>;
  readonly onDidChange: Event<void>;
  read(document: vscode.TextDocument): Promise<LiveReading>;
}

/** "Invoke" above each route definition, of the text as it stands in the editor. */
export class InvokeLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #source: InvokeLensSource;
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#onDidChange.event;

  /** What the lenses of each document were made from. */
  readonly #shown = new Map<vscode.TextDocument, string>();

  constructor(source: InvokeLensSource, onError: (error: unknown) => void) {
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
    return routes.map(({ route, range }) => {
      const start = document.positionAt(range.offset);
      const end = document.positionAt(range.offset + range.length);
      return new vscode.CodeLens(new vscode.Range(start, end), {
        title: '$(play) Invoke',
        tooltip: `Invoke ${route.id} as this text defines it, with its last payload`,
        command: commandIds.invokeDefinition,
        arguments: [document.uri.toString(), route.id],
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
