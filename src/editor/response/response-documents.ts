import * as vscode from 'vscode';
import { DisposableStore } from '../../core/disposable.ts';
import type { RouteId } from '../../core/route.ts';

const responseScheme = 'hot-functions-response';
const languageId = 'hot-functions-response';

/** The last response of each route as a read-only document that is updated where it is. */
export class ResponseDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#onDidChange.event;

  constructor() {
    this.#owned.add(this.#onDidChange);
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(responseScheme, this));
    this.#owned.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === responseScheme) {
          this.#texts.delete(uri.toString());
        }
      }),
    );
  }

  dispose(): void {
    this.#owned.dispose();
    this.#texts.clear();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'This response is no longer kept. Invoke the function again.';
  }

  /** Shows the text without taking the focus: in place where it is open already, else beside the active editor. */
  async show(routeId: RouteId, text: string): Promise<void> {
    const uri = uriOf(routeId);
    this.#texts.set(uri.toString(), text);
    this.#onDidChange.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== languageId) {
      await vscode.languages.setTextDocumentLanguage(document, languageId);
    }
    await vscode.window.showTextDocument(document, {
      viewColumn:
        columnOfResponses() ??
        (vscode.window.activeTextEditor === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside),
      preserveFocus: true,
      preview: true,
    });
  }
}

function uriOf(routeId: RouteId): vscode.Uri {
  return vscode.Uri.from({ scheme: responseScheme, path: `/${routeId.replace(/\/+$/, '')}.response` });
}

/** Where responses are shown already, so that one group collects them. */
function columnOfResponses(): vscode.ViewColumn | undefined {
  return vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === responseScheme),
  )?.viewColumn;
}
