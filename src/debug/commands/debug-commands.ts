import * as vscode from 'vscode';
import { HotFunctionsError } from '../../core/errors.ts';
import { debugCommandIds } from '../../editor/command-ids.ts';
import { givenOrPicked } from '../../editor/commands/given-route.ts';
import type { CommandTable } from '../../editor/commands/register-commands.ts';
import type { DefinedRoute } from '../../editor/routes/defined-route.ts';
import { routeInDocument } from '../../editor/routes/routes-at-hand.ts';
import type { WorkspaceRoutes } from '../../editor/routes/workspace-routes.ts';
import { asTreeNode } from '../../editor/tree/tree-node.ts';
import { customRequests } from '../configuration/launch-configuration.ts';
import { launchOf } from '../configuration/launch-resolver.ts';
import type { RootSessions } from '../root-sessions.ts';

export interface DebugCommandsDependencies {
  readonly routes: WorkspaceRoutes;
  readonly sessions: RootSessions;
}

export type DebugCommandTable = CommandTable<(typeof debugCommandIds)[keyof typeof debugCommandIds]>;

/** What starts a debug session, or sends a call into one. */
export function debugCommands({ routes, sessions }: DebugCommandsDependencies): DebugCommandTable {
  const debugPicked = async (argument: unknown): Promise<void> => {
    const defined = await givenOrPicked(routes, argument, 'Debug Function');
    await (defined && start(defined));
  };
  return {
    [debugCommandIds.debug]: debugPicked,
    [debugCommandIds.debugRoute]: debugPicked,
    [debugCommandIds.debugDefinition]: async (uri, routeId) => {
      await start(await routeInDocument(routes, vscode.Uri.parse(String(uri), true), String(routeId)));
    },
    [debugCommandIds.debugContainer]: async (argument) => {
      const node = asTreeNode(argument);
      const defined = node?.kind === 'container' ? routes.find(node.routeId) : undefined;
      await (defined && node?.kind === 'container' && start(defined, node.name));
    },
    [debugCommandIds.debugAgain]: async (argument) => {
      const node = asTreeNode(argument);
      await callAgain(node?.kind === 'container' ? sessions.of(node.routeId) : sessions.current);
    },
  };
}

async function start(defined: DefinedRoute, container?: string): Promise<void> {
  const launch = launchOf(defined);
  await vscode.debug.startDebugging(
    vscode.workspace.getWorkspaceFolder(defined.uri),
    container === undefined ? launch : { ...launch, container },
  );
}

async function callAgain(session: vscode.DebugSession | undefined): Promise<void> {
  if (session === undefined) {
    throw new HotFunctionsError('invalid-request', 'No function is being debugged.', {
      hint: 'Start with Debug, on its definition or in the Routes view.',
    });
  }
  try {
    await session.customRequest(customRequests.callAgain);
  } catch (error) {
    // What a session answers with is a message for people.
    throw new HotFunctionsError('invalid-request', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
