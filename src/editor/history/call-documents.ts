import * as vscode from 'vscode';
import type { CallStore } from '../../core/calls/call-store.ts';
import type { Clock } from '../../core/clock.ts';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { RouteId } from '../../core/route.ts';

const callScheme = 'hot-functions-call';
const languageId = 'hot-functions-call';
const refreshIntervalMs = 1000;

/** A call of the history as a read-only document. That of a call that goes on follows it. */
export class CallDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #store: CallStore;
  readonly #clock: Clock;
  readonly #owned = new DisposableStore();
  readonly #onDidChange = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#onDidChange.event;
  /** Open documents of calls that were not over when they were read. */
  readonly #unfinished = new Map<string, vscode.Uri>();
  #watching: Disposable | undefined;
  #timer: Disposable | undefined;

  constructor(store: CallStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#owned.add(this.#onDidChange);
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(callScheme, this));
  }

  dispose(): void {
    this.#unfinished.clear();
    this.#watch();
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const record = await this.#store.get(uri.query);
    const isOver = record === undefined || (record.state !== 'queued' && record.state !== 'running');
    if (isOver) {
      this.#unfinished.delete(uri.toString());
    } else {
      this.#unfinished.set(uri.toString(), uri);
    }
    this.#watch();
    if (record === undefined) {
      return 'This call is no longer kept.';
    }
    const { renderCall } = await import('./render-call.ts');
    return renderCall(record);
  }

  /** Opens it as a preview, which the next one takes the place of. */
  async show(routeId: RouteId, callId: string): Promise<void> {
    const name = routeId.slice(routeId.indexOf('/') + 1).replaceAll('/', '-');
    const path = `/${name} ${callId.slice(0, 8)}.call`;
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.from({ scheme: callScheme, path, query: callId }),
    );
    if (document.languageId !== languageId) {
      await vscode.languages.setTextDocumentLanguage(document, languageId);
    }
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
  }

  #watch(): void {
    if (this.#unfinished.size === 0) {
      this.#watching?.dispose();
      this.#watching = undefined;
    } else {
      this.#watching ??= this.#store.onDidChange(() => this.#refreshSoon());
    }
  }

  #refreshSoon(): void {
    this.#timer ??= this.#clock.after(refreshIntervalMs, () => {
      this.#timer = undefined;
      const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
      for (const [key, uri] of this.#unfinished) {
        if (open.has(key)) {
          this.#onDidChange.fire(uri);
        } else {
          this.#unfinished.delete(key);
        }
      }
      this.#watch();
    });
  }
}
