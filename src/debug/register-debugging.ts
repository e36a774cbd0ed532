import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../core/disposable.ts';
import { debugType } from './configuration/launch-configuration.ts';
import type { DebugSessions, DebugSessionsDependencies } from './session/debug-sessions.ts';

/** Takes part in debugging. All that this takes is loaded with the first session. */
export function registerDebugging(dependencies: () => Promise<DebugSessionsDependencies>): Disposable {
  const owned = new DisposableStore();
  let loading: Promise<DebugSessions> | undefined;
  const load = (): Promise<DebugSessions> => {
    loading ??= Promise.all([import('./session/debug-sessions.ts'), dependencies()]).then(
      ([{ DebugSessions }, given]) => owned.add(new DebugSessions(given)),
    );
    return loading;
  };
  owned.add(
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: async (session) => (await load()).adapter(session),
    }),
  );
  owned.add(
    // Of every type: who debugs the function's code may be another extension, in a session below ours.
    vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => {
        let root = session;
        while (root.parentSession !== undefined) {
          root = root.parentSession;
        }
        return root.type === debugType ? load().then((sessions) => sessions.tracker(session, root)) : undefined;
      },
    }),
  );
  return owned;
}
