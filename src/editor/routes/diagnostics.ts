import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import type { Problem } from '../../core/files/parsed-file.ts';
import { TextPositions } from './text-position.ts';
import type { FileProblems, WorkspaceRoutes } from './workspace-routes.ts';

/** Half-written text is wrong most of the time: it is judged when the typing pauses. */
const settleMs = 300;

/** What is wrong with the definitions: of edited documents as they stand, of all others as they are saved. */
export class Diagnostics implements Disposable {
  readonly #routes: WorkspaceRoutes;
  readonly #owned = new DisposableStore();
  readonly #collection: vscode.DiagnosticCollection;
  readonly #timers = new Map<vscode.TextDocument, NodeJS.Timeout>();
  readonly #onError: (error: unknown) => void;

  constructor(routes: WorkspaceRoutes, onError: (error: unknown) => void) {
    this.#routes = routes;
    this.#onError = onError;
    this.#collection = this.#owned.add(vscode.languages.createDiagnosticCollection('hotFunctions'));
    this.#owned.add(routes.onDidChange(() => this.#refresh()));
    this.#owned.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#edited(document)));
    this.#owned.add(vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
    this.#timers.clear();
    this.#owned.dispose();
  }

  /** Also clears what belonged to files that are gone. */
  #refresh(): void {
    const problems = this.#routes.problems();
    const dirty = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && this.#routes.mayDefine(uri));
    const edited = new Set(dirty.map(({ uri }) => uri.toString()));
    const wrong = problems.filter((file) => file.problems.length > 0 && !edited.has(file.uri.toString()));
    const stays = new Set([...edited, ...wrong.map(({ uri }) => uri.toString())]);
    const changes: [vscode.Uri, vscode.Diagnostic[] | undefined][] = wrong.map((file) => [
      file.uri,
      savedDiagnostics(file),
    ]);
    this.#collection.forEach((uri) => {
      if (!stays.has(uri.toString())) {
        changes.push([uri, undefined]);
      }
    });
    // All at once: each change is a message to the window, and most of thousands of files have nothing to say.
    this.#collection.set(changes);
    for (const document of dirty) {
      void this.#showLive(document).catch(this.#onError);
    }
  }

  #edited(document: vscode.TextDocument): void {
    if (!this.#routes.mayDefine(document.uri)) {
      return;
    }
    clearTimeout(this.#timers.get(document));
    this.#timers.set(
      document,
      setTimeout(() => {
        this.#timers.delete(document);
        void this.#showLive(document).catch(this.#onError);
      }, settleMs),
    );
  }

  #closed(document: vscode.TextDocument): void {
    clearTimeout(this.#timers.get(document));
    this.#timers.delete(document);
    const key = document.uri.toString();
    const saved = this.#routes.problems().find(({ uri }) => uri.toString() === key);
    this.#collection.set(document.uri, saved && savedDiagnostics(saved));
  }

  async #showLive(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const { problems } = await this.#routes.read(document);
    // Typed on or closed meanwhile: there is a newer reading to come, or nothing to show.
    if (document.version !== version || document.isClosed) {
      return;
    }
    const diagnostics = problems.map((problem) => {
      const { offset, length } = problem.range;
      return diagnosticOf(problem, new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)));
    });
    this.#collection.set(document.uri, diagnostics);
  }
}

function savedDiagnostics({ text, problems }: FileProblems): vscode.Diagnostic[] {
  const positions = new TextPositions(text);
  return problems.map((problem) => diagnosticOf(problem, positions.rangeOf(problem.range)));
}

function diagnosticOf({ severity, message }: Problem, range: vscode.Range): vscode.Diagnostic {
  const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, message, level);
  diagnostic.source = 'Hot Functions';
  return diagnostic;
}
