import { createServer } from 'node:net';
import * as vscode from 'vscode';
import type { Clock } from '../../core/clock.ts';
import type { Disposable } from '../../core/disposable.ts';
import type { Engine } from '../../core/engine.ts';
import type { Runner } from '../../core/runner.ts';
import { routeInDocument } from '../../editor/routes/routes-at-hand.ts';
import type { WorkspaceRoutes } from '../../editor/routes/workspace-routes.ts';
import type { LaunchConfiguration } from '../configuration/launch-configuration.ts';
import { requestOfCall } from '../configuration/request-of-call.ts';
import { type RouteLines, routeLines } from '../exchange/route-lines.ts';
import { findLanguage, languageOf } from '../languages/languages.ts';
import { guessRoots } from '../paths/guess-roots.ts';
import { EditorChildSessions } from './child-sessions.ts';
import { RootAdapter } from './root-adapter.ts';
import type { DefinedRun } from './route-run.ts';
import { StoppedThreads } from './stopped-threads.ts';

export interface DebugSessionsDependencies {
  readonly runner: Runner;
  readonly routes: WorkspaceRoutes;
  readonly clock: Clock;
  readonly storageFolder: string;
  engine(): Promise<Engine>;
  maxResponseBytes(): number;
  onError(error: unknown): void;
}

interface Root {
  readonly adapter: RootAdapter;
  readonly children: EditorChildSessions;
}

/** Every debug session of ours: which adapter it has, and whether it has stopped. */
export class DebugSessions implements Disposable {
  readonly #dependencies: DebugSessionsDependencies;
  readonly #roots = new Map<string, Root>();

  constructor(dependencies: DebugSessionsDependencies) {
    this.#dependencies = dependencies;
  }

  adapter(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { parentSession, configuration } = session;
    const parent = parentSession === undefined ? undefined : this.#roots.get(parentSession.id);
    if (parent !== undefined) {
      const relay = parent.children.takeRelay();
      if (relay === undefined) {
        throw new Error('There is nothing to attach to.');
      }
      return new vscode.DebugAdapterInlineImplementation(relay);
    }
    if (configuration.request !== 'launch') {
      throw new Error('A function is debugged by a launch configuration; with "container", in a container that runs.');
    }
    const children = new EditorChildSessions(session);
    const adapter = new RootAdapter({
      ...this.#dependencies,
      children,
      languages: { of: languageOf, detect: findLanguage, roots: guessRoots },
      freePort,
      define: (launch) => this.#define(launch),
      linesOf: (path) => this.#linesOf(path),
      requestOf: (call) => requestOfCall(call, (path) => vscode.workspace.fs.readFile(vscode.Uri.file(path))),
    });
    this.#roots.set(session.id, { adapter, children });
    return new vscode.DebugAdapterInlineImplementation(adapter);
  }

  /** While a session of ours, or one below it, has stopped, no clock of the runner goes on. */
  tracker(session: vscode.DebugSession, root: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const children = this.#roots.get(root.id)?.children;
    if (children === undefined) {
      return undefined;
    }
    let hold: Disposable | undefined;
    const stopped = new StoppedThreads((isStopped) => {
      hold?.dispose();
      hold = isStopped ? this.#dependencies.runner.holdClocks() : undefined;
    });
    const watch = children.watch(session);
    const end = (): void => {
      stopped.end();
      if (session.id === root.id) {
        this.#end(root.id);
      }
    };
    return {
      onWillReceiveMessage: (message) => stopped.toAdapter(message),
      onDidSendMessage: (message) => {
        stopped.toEditor(message);
        watch?.(message);
      },
      onWillStopSession: end,
      onError: end,
      onExit: end,
    };
  }

  dispose(): void {
    for (const id of this.#roots.keys()) {
      this.#end(id);
    }
  }

  #end(id: string): void {
    const root = this.#roots.get(id);
    this.#roots.delete(id);
    root?.adapter.dispose();
    root?.children.dispose();
  }

  async #define({ definedIn, route: id }: LaunchConfiguration): Promise<DefinedRun> {
    const { routes } = this.#dependencies;
    const { route, uri, range } = await routeInDocument(routes, vscode.Uri.parse(definedIn, true), id);
    const document = await vscode.workspace.openTextDocument(uri);
    return { route, file: uri.fsPath, line: document.positionAt(range.offset).line + 1 };
  }

  async #linesOf(path: string): Promise<readonly RouteLines[]> {
    const { routes } = this.#dependencies;
    const uri = /^[\w-]{2,}:\/\//.test(path) ? vscode.Uri.parse(path, true) : vscode.Uri.file(path);
    if (!routes.mayDefine(uri)) {
      return [];
    }
    const document = await vscode.workspace.openTextDocument(uri);
    const live = await routes.read(document);
    return routeLines(
      document.getText(),
      live.routes.map(({ route, range }) => ({ id: route.id, range })),
    );
  }
}

/** Nobody else is likely to take it in the moment before it is used: the system gives them out in turn. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
