import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../core/disposable.ts';
import { debugType } from './launch-configuration.ts';
import type { LaunchResolver, LaunchResolverDependencies } from './launch-resolver.ts';

/** Offers a configuration for every route, and resolves them; what that takes is loaded when it is asked for. */
export function registerConfigurations(dependencies: LaunchResolverDependencies): Disposable {
  const owned = new DisposableStore();
  let loading: Promise<LaunchResolver> | undefined;
  const resolver = (): Promise<LaunchResolver> => {
    loading ??= import('./launch-resolver.ts').then(({ LaunchResolver }) => new LaunchResolver(dependencies));
    return loading;
  };
  owned.add(
    vscode.debug.registerDebugConfigurationProvider(debugType, {
      resolveDebugConfiguration: async (_folder, configuration) => (await resolver()).fill(configuration),
      resolveDebugConfigurationWithSubstitutedVariables: async (folder, configuration) =>
        (await resolver()).resolve(folder, configuration),
    }),
  );
  owned.add(
    vscode.debug.registerDebugConfigurationProvider(
      debugType,
      {
        provideDebugConfigurations: async (folder) => {
          const { routes } = dependencies;
          await routes.ready;
          return (
            routes
              .routes()
              // The editor asks once more for its user settings, which are for no folder.
              .filter(({ uri }) => folder !== undefined && vscode.workspace.getWorkspaceFolder(uri) === folder)
              .map(({ route: { id } }) => ({ type: debugType, request: 'launch', name: `Debug ${id}`, route: id }))
              .sort((one, other) => (one.route < other.route ? -1 : 1))
          );
        },
      },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
  );
  return owned;
}
