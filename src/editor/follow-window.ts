import type * as vscode from 'vscode';
import type { Clock } from '../core/clock.ts';
import { type Disposable, DisposableStore } from '../core/disposable.ts';
import type { Runner } from '../core/runner.ts';
import { keepContextKeys } from './context-keys.ts';
import type { EngineChoice } from './engine-choice/engine-choice.ts';
import { followEngineSettings } from './engine-choice/follow-engine-settings.ts';
import { Diagnostics } from './routes/diagnostics.ts';
import { followSources } from './routes/follow-sources.ts';
import type { WorkspaceRoutes } from './routes/workspace-routes.ts';
import { StatusItem } from './status/status-item.ts';
import type { RoutesTreeSource } from './tree/routes-tree.ts';

export interface FollowedWindow {
  readonly routes: WorkspaceRoutes;
  readonly runner: Runner;
  readonly engines: EngineChoice;
  readonly live: Omit<RoutesTreeSource, 'routes' | 'find' | 'onDidChangeRoutes'>;
  readonly log: vscode.LogOutputChannel;
  readonly clock: Clock;
  readonly extensionId: string;
  readonly onError: (error: unknown) => void;
}

/**
 * Everything that has something to say only once files have been read, somebody saves one or an engine is there. To be
 * called before the files are read: it hears of changes only.
 */
export function followWindow(window: FollowedWindow): Disposable {
  const { routes, runner, engines, live, log, clock, extensionId, onError } = window;
  const owned = new DisposableStore();
  owned.add(followSources(routes, runner));
  owned.add(keepContextKeys(routes, runner, extensionId, onError));
  owned.add(new Diagnostics(routes, onError));
  owned.add(new StatusItem({ routes, engines, ...live }, clock));
  owned.add(followEngineSettings(engines, log));
  return owned;
}
