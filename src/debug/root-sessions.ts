import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../core/disposable.ts';
import type { RouteId } from '../core/route.ts';
import { debugType } from './configuration/launch-configuration.ts';

/** The sessions that own a debug run. What debugs a function's code may be a session below one of them. */
export class RootSessions implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #open = new Set<vscode.DebugSession>();

  constructor() {
    this.#owned.add(
      vscode.debug.onDidStartDebugSession((session) => {
        if (isRoot(session)) {
          this.#open.add(session);
        }
      }),
    );
    this.#owned.add(vscode.debug.onDidTerminateDebugSession((session) => this.#open.delete(session)));
    this.#owned.add(
      vscode.debug.onDidChangeActiveDebugSession(() => {
        // `debugType` would be the type of the session below.
        void vscode.commands.executeCommand('setContext', 'hotFunctions.debugging', activeRoot() !== undefined);
      }),
    );
  }

  /** The one that the person is at, else the one that was started last. */
  get current(): vscode.DebugSession | undefined {
    return activeRoot() ?? [...this.#open].at(-1);
  }

  /** The one of this route that was started last. */
  of(routeId: RouteId): vscode.DebugSession | undefined {
    return [...this.#open].findLast(({ configuration }) => configuration['route'] === routeId);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

function activeRoot(): vscode.DebugSession | undefined {
  let session = vscode.debug.activeDebugSession;
  while (session?.parentSession !== undefined) {
    session = session.parentSession;
  }
  return session !== undefined && isRoot(session) ? session : undefined;
}

function isRoot({ type, parentSession }: vscode.DebugSession): boolean {
  return type === debugType && parentSession === undefined;
}
