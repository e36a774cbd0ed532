import * as vscode from 'vscode';
import { keepWarmCommandIds } from '../command-ids.ts';
import { givenRoute } from '../commands/given-route.ts';
import type { CommandTable } from '../commands/register-commands.ts';
import { pickRoute } from '../invoke/pick-route.ts';
import type { DefinedRoute } from '../routes/defined-route.ts';
import type { WorkspaceRoutes } from '../routes/workspace-routes.ts';
import { type KeptRoutes, mayBeKeptWarm } from './kept-routes.ts';

const explainedKey = 'keepWarmExplained';

export interface KeepWarmCommandsDependencies {
  readonly routes: WorkspaceRoutes;
  readonly kept: KeptRoutes;
  /** Of this installation: what is explained once need not be explained in each workspace. */
  readonly memory: vscode.Memento;
  readonly onError: (error: unknown) => void;
}

type KeepWarmCommandTable = CommandTable<(typeof keepWarmCommandIds)[keyof typeof keepWarmCommandIds]>;

/** Switches Keep Warm on and off, for the route of a row or one that is picked. */
export function keepWarmCommands(dependencies: KeepWarmCommandsDependencies): KeepWarmCommandTable {
  const { routes, kept, memory, onError } = dependencies;
  const routeFor = async (argument: unknown, title: string, isKept: boolean): Promise<DefinedRoute | undefined> => {
    await routes.ready;
    const given = givenRoute(routes, argument);
    if (given !== undefined) {
      return given;
    }
    const saved = routes.routes().filter(({ route }) => mayBeKeptWarm(route) && kept.ids.has(route.id) === isKept);
    if (saved.length === 0) {
      void vscode.window.showInformationMessage(
        isKept
          ? 'No route is kept warm.'
          : 'There is no cold route that could be kept warm: hot ones stay so by themselves.',
      );
    }
    return await pickRoute(title, { active: [], saved });
  };
  const explain = async ({ route }: DefinedRoute): Promise<void> => {
    if (memory.get(explainedKey) === true) {
      return;
    }
    await memory.update(explainedKey, true);
    const answer = await vscode.window.showInformationMessage(
      `After each answered call of ${route.path}, its function is started ahead with that call's environment: its process then runs, and uses memory, before the next call.`,
      'Stop Keeping Warm',
    );
    if (answer !== undefined) {
      await kept.keep(route.id, false);
    }
  };
  return {
    [keepWarmCommandIds.keepWarm]: async (argument) => {
      const defined = await routeFor(argument, 'Keep Warm', false);
      if (defined !== undefined && mayBeKeptWarm(defined.route)) {
        await kept.keep(defined.route.id, true);
        // Nobody has to answer it.
        explain(defined).catch(onError);
      }
    },
    [keepWarmCommandIds.stopKeepingWarm]: async (argument) => {
      const defined = await routeFor(argument, 'Stop Keeping Warm', true);
      await (defined && kept.keep(defined.route.id, false));
    },
  };
}
